"""End with code 0 if all requirements are installed: those of the file named first, and those that follow it.

A missing file requires nothing. What this script doesn't understand counts as not installed: pip will know.
"""

import importlib.metadata
import re
import sys
from collections.abc import Iterator
from pathlib import Path


def requirements(path: Path) -> Iterator[str]:
    """Give the requirements of a pip file, without comments and hashes."""
    if not path.exists():
        return
    joined = path.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in joined.splitlines():
        plain = re.sub(r"(^|\s)#.*|\s--hash=\S+", "", line).strip()
        if plain:
            yield plain


def installed(requirement: str) -> bool:
    """Say if one requirement is met."""
    pinned = re.fullmatch(r"([\w.-]+)(?:==([\w.!+-]+))?", requirement)
    if pinned is None:
        return by_specifier(requirement)
    try:
        version = importlib.metadata.version(pinned[1])
    except importlib.metadata.PackageNotFoundError:
        return False
    return pinned[2] in {None, version}


def by_specifier(text: str) -> bool:
    """Say if a requirement with ranges or markers is met, by the rules of the `packaging` library if it is there."""
    try:
        from packaging.requirements import InvalidRequirement, Requirement
    except ImportError:
        return False
    try:
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate():
            return True
        version = importlib.metadata.version(requirement.name)
    except (InvalidRequirement, importlib.metadata.PackageNotFoundError):
        return False
    return (
        not requirement.extras and requirement.url is None and requirement.specifier.contains(version, True)
    )


if __name__ == "__main__":
    wanted = [*requirements(Path(sys.argv[1])), *sys.argv[2:]]
    sys.exit(0 if all(map(installed, wanted)) else 1)
