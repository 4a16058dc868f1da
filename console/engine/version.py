"""Which version of the engine the project needs, and which one a command is."""

import os
import re
import subprocess
from pathlib import Path

from infra import paths

VERSION_SECONDS = 20.0
"""How long `pulumi version` may take on a busy machine before the command counts as broken."""


def source() -> Path:
    """Give the folder of the Go module that builds the engine."""
    return paths.project() / "tools" / "engine"


def wanted() -> str:
    """Give the version that the project is written for, as 3.259.0."""
    return (source() / "VERSION").read_text().strip()


def of(pulumi: Path) -> str | None:
    """Ask a command for its version; None when it isn't a working Pulumi with a version."""
    env = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(
            [pulumi, "version"],
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=VERSION_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.fullmatch(r"v?(\d+\.\d+\.\d+\S*)", answer.stdout.strip())
    return found[1] if found else None


def new_enough(version: str, minimum: str) -> bool:
    """Say if a version is the minimum or later, within the same major version."""
    given, needed = _parse(version), _parse(minimum)
    return given[0] == needed[0] and given >= needed


def _parse(version: str) -> tuple[int, int, int, bool]:
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)(-?)", version)
    if numbers is None:
        raise ValueError(f"{version!r} is not a version such as 3.259.0")
    major, minor, patch, dash = numbers.groups()
    return int(major), int(minor), int(patch), not dash  # a pre-release comes before its release
