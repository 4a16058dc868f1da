"""Files that the command line names for results: looked at before the work begins, which may take minutes."""

import os
from collections.abc import Mapping
from pathlib import Path

from console.exits import Exit
from console.failures import Failed


def look(files: Mapping[str, Path | None]) -> None:
    """See that every file can be written; no folder is made, as one that is missing is mostly a misspelt one.

    Args:
        files: Files by the option that names them; None where it was not given.

    Raises:
        Failed: Some can't be written; all are in the text.
    """
    found = [f"{option} {file}: {why}" for option, file in files.items() if file and (why := _why_not(file))]
    if found:
        raise Failed("\n".join(found), Exit.CONFIGURATION)


def _why_not(file: Path) -> str:
    if file.is_dir():
        return "is a folder, a file is needed"
    if not file.absolute().parent.is_dir():
        return f"there is no folder {file.parent}"
    place = file if file.exists() else file.absolute().parent
    return "" if os.access(place, os.W_OK) else f"{place} can't be written"
