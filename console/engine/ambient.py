"""The engine that the user has installed: `pulumi` on PATH."""

import os
import shutil
from pathlib import Path

from console.engine import version
from console.engine.model import Engine

LANGUAGE_HOST = "pulumi-language-python"


def find(minimum: str) -> Engine | None:
    """Give the engine on PATH if it is at least the minimum version and can run Python; None otherwise."""
    command = shutil.which("pulumi")
    if command is None:
        return None
    folders = _folders(Path(command))
    if shutil.which(LANGUAGE_HOST, path=os.pathsep.join([*folders, os.environ.get("PATH", "")])) is None:
        return None
    found = version.of(Path(command))
    if found is None or not version.new_enough(found, minimum):
        return None
    return Engine(Path(command).absolute(), found, "on PATH", folders[0])


def _folders(command: Path) -> list[str]:
    """Give the command's folder, and that of the real file: the engine looks for its plugins there."""
    return list(dict.fromkeys([str(command.absolute().parent), str(command.resolve().parent)]))
