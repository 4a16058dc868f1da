"""The API server as a command of this machine: built once per version from published Go modules, then cached."""

import hashlib
import platform
import re
import sys
from pathlib import Path

from console.engine import cached, go
from infra import paths
from tools.setup import cache, say

COMMAND = "causeway-cluster"
STAMP = "k8s.io/component-base/version.gitVersion"


def source() -> Path:
    """Give the folder of the Go module."""
    return paths.project() / "tools" / "cluster"


def version() -> str:
    """Give the version of Kubernetes that judges, as 1.34.4."""
    found = re.search(r"^\tk8s\.io/kubernetes v(\S+)$", (source() / "go.mod").read_text(), re.MULTILINE)
    assert found
    return found[1]


def home() -> Path:
    """Name the folder of the command in the cache, by all that decides its content."""
    digest = hashlib.sha256(f"{sys.platform} {platform.machine()}".encode())
    for path in sorted(source().glob("*")):
        if path.suffix in {".go", ".mod", ".sum"}:
            digest.update(f"\n{path.name}\n".encode() + path.read_bytes())
    return cache.root() / f"cluster-{version()}-{digest.hexdigest()[:12]}"


def find() -> Path:
    """Give the command, building it when this machine has none yet.

    Raises:
        EngineError: There is no Go, or the build failed.
    """
    place = home()
    command = place / COMMAND
    if not command.exists():
        tool = go.find("no Kubernetes API server on this machine", go.INSTALL_GO)
        with cache.lock(place.name):
            if not command.exists():
                with cached.filling(place) as scratch:
                    _compile(tool, scratch)
    return command


def _compile(tool: go.Go, target: Path) -> None:
    target.mkdir(parents=True)
    stamp = f"-s -w -X {STAMP}=v{version()}"
    waiting = (
        f"build the Kubernetes API server {version()} from source (minutes for the first time on a machine)"
    )
    with say.step(waiting):
        tool.run(source(), "build", "-trimpath", "-ldflags", stamp, "-o", str(target / COMMAND), ".")
