"""Files out of published Go modules: fetched when they are needed, into Go's own cache, and checked by their sums."""

import json
import os
import subprocess
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from zipfile import ZipFile

from console.engine import go

FETCH_SECONDS = 300.0


@dataclass(frozen=True)
class Module:
    """A module in one version."""

    path: str
    """Such as `sigs.k8s.io/karpenter`."""
    version: str
    """Such as `v1.13.0`."""
    sum: str
    """The checksum of its zip, as go.sum writes it."""


def files(module: Module, patterns: tuple[str, ...]) -> dict[str, str]:
    """Read text files of a module, by their path in it.

    Raises:
        LookupError: The module can't be had, or is not what it was.
    """
    name = f"{module.path}@{module.version}"
    with ZipFile(_fetch(module, name)) as opened:
        paths = {path: path.removeprefix(f"{name}/") for path in opened.namelist()}
        return {
            path: opened.read(full).decode()
            for full, path in paths.items()
            if any(fnmatch(path, pattern) for pattern in patterns)
        }


def _fetch(module: Module, name: str) -> Path:
    # the sum stands in our table: the public database does not know every version that a proxy has
    env = {**os.environ, "GONOSUMDB": "*", "GOFLAGS": "-mod=mod"}
    done = subprocess.run(
        [go.find("nothing that custom kinds are defined by", go.INSTALL_GO).command, "mod", "download", "-json", name],
        cwd="/", env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=FETCH_SECONDS, check=False,
    )  # fmt: skip
    told = json.loads(done.stdout) if done.stdout.startswith("{") else {"Error": done.stderr.strip()}
    if error := told.get("Error"):
        raise LookupError(f"{name} can't be had: {str(error).splitlines()[-1].strip()}")
    if told["Sum"] != module.sum:
        raise LookupError(f"{name} has the checksum {told['Sum']}, and not {module.sum}")
    return Path(told["Zip"])
