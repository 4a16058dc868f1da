"""A machine on which nothing is installed but what a test puts there."""

import os
from pathlib import Path

import pytest

from console.engine import official
from tests.console.engine.machine import Machine


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Give the bare machine; the site of official releases can't be reached from it."""
    bare = Machine(tmp_path)
    # the shell's own tools are where they always are; go and pulumi are not among them
    system = os.pathsep.join(folder for folder in ("/usr/bin", "/bin") if not (Path(folder) / "go").exists())
    monkeypatch.setenv("PATH", f"{bare.path}{os.pathsep}{system}")
    monkeypatch.setenv("CAUSEWAY_CACHE", str(bare.cache))
    monkeypatch.setattr(official, "SITE", "http://127.0.0.1:9/install.sh")
    return bare
