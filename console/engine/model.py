"""What an engine is, and the environment in which its commands run."""

import os
from dataclasses import dataclass
from pathlib import Path


class EngineError(ValueError):
    """There is no usable engine; the text says what to install."""


@dataclass(frozen=True)
class Engine:
    """A Pulumi command line with a Python language host beside it or on PATH."""

    pulumi: Path
    """The command itself, an absolute path."""
    version: str
    """Its version, without the leading `v`."""
    origin: str
    """Where it comes from: "on PATH", "official release" or "built from source"."""
    path_prefix: str
    """Folders to put before PATH, joined as in PATH, so that commands and their plugins are found."""


def environment(engine: Engine) -> dict[str, str]:
    """Give the variables to set on top of the current environment to run this engine."""
    path = [engine.path_prefix, *filter(None, [os.environ.get("PATH")])]
    return {"PATH": os.pathsep.join(path), "PULUMI_SKIP_UPDATE_CHECK": "true"}
