"""Engines in the user's cache folder: complete or absent, never half."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console.engine.model import Engine
from tools.setup import cache


def engine(home: Path, version: str, origin: str) -> Engine | None:
    """Give the engine in one folder of the cache; None when it isn't there."""
    pulumi = home / "bin" / "pulumi"
    return Engine(pulumi, version, origin, str(pulumi.parent)) if pulumi.exists() else None


@contextmanager
def filling(home: Path) -> Iterator[Path]:
    """Give a scratch folder that becomes `home` in one step if the block succeeds, and vanishes if it doesn't.

    What an earlier run left behind when it was killed is removed. The caller holds the lock of `home`.
    """
    for leftover in home.parent.glob(f"{home.name}.partial-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    scratch = home.with_name(f"{home.name}.partial-{uuid.uuid4().hex[:8]}")
    try:
        yield scratch
        shutil.rmtree(home, ignore_errors=True)  # what isn't a whole engine stands in the way
        scratch.replace(home)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def home(version: str, key: str) -> Path:
    """Name the folder of an engine: by its version, and by what else decides its content."""
    return cache.root() / f"engine-{version}-{key}"
