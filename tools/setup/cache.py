"""The user's cache folder for Causeway, and the lock that lets two set-ups run at once without harm."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def root() -> Path:
    """Give the cache folder: $CAUSEWAY_CACHE, else $XDG_CACHE_HOME/causeway, else ~/.cache/causeway."""
    if explicit := os.environ.get("CAUSEWAY_CACHE"):
        return Path(explicit)
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "causeway"


@contextmanager
def lock(name: str) -> Iterator[None]:
    """Hold one named lock of the cache; a second holder waits and says so."""
    root().mkdir(parents=True, exist_ok=True)
    with (root() / f"{name}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"  … waiting for another set-up that builds {name}", file=sys.stderr, flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
