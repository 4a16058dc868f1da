"""Build the engine from the published Go modules: for machines that can't download a release."""

import hashlib
import platform
import shutil
import sys
from pathlib import Path

from console.engine import cached as cache_folder
from console.engine import go
from console.engine.model import Engine, EngineError
from console.engine.version import source
from tools.setup import cache, say

ORIGIN = "built from source"
COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
SDK = "github.com/pulumi/pulumi/sdk/v3"
SCRIPTS = ("cmd/pulumi-language-python-exec", "dist/pulumi-resource-pulumi-python")
"""Scripts of the Python SDK that belong beside the host: they run programs, and dynamic providers."""


def key() -> str:
    """Name a build by what decides its content: the sources in tools/engine, and the machine."""
    digest = hashlib.sha256(f"{sys.platform} {platform.machine()}".encode())
    for path in sorted(_sources()):
        digest.update(f"\n{path.relative_to(source())}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def cached(version: str) -> Engine | None:
    """Give the engine that was built from these very sources; None when there is none yet."""
    return cache_folder.engine(cache_folder.home(version, key()), version, ORIGIN)


def build(version: str) -> Engine:
    """Build the engine into the cache. Seconds with a warm Go cache, about ten minutes of two cores without."""
    tool = go.find()
    home = cache_folder.home(version, key())
    with cache.lock(home.name):
        if (ready := cached(version)) is None:
            with cache_folder.filling(home) as scratch:
                _compile(tool, version, scratch / "bin")
            ready = cached(version)
    assert ready is not None  # filled above, or by the other holder of the lock
    return ready


def _sources() -> list[Path]:
    names = {"go.mod", "go.sum", "VERSION"}
    return [
        path
        for path in source().rglob("*")
        if path.is_file()
        and (path.name in names or path.suffix in {".go", ".py"})
        and not path.name.endswith("_test.go")
    ]


def _compile(tool: go.Go, version: str, target: Path) -> None:
    target.mkdir(parents=True)
    stamp = f"-s -w -X {SDK}/go/common/version.Version=v{version}"
    with say.step(f"build the Pulumi engine {version} from source (minutes for the first time on a machine)"):
        tool.run(source(), "build", "-trimpath", "-ldflags", stamp, "-o", f"{target}/", "./cmd/...", COMMAND)
    sdk = Path(tool.run(source(), "list", "-m", "-f", "{{.Dir}}", SDK).strip())
    for script in SCRIPTS:
        copy = target / Path(script).name
        shutil.copyfile(sdk / "python" / script, copy)
        copy.chmod(0o755)
    if not (target / "pulumi").exists():
        raise EngineError(f"go built no `pulumi` in {target}: is GOOS or GOARCH set?")
