"""Write the lock again: `python3 -m tools.setup.lock [PACKAGE …]`.

Every pin that still fits stays; the packages that are named move to their newest version.
"""

import os
import subprocess
import sys
from collections.abc import Sequence

from tools.setup import environment, say

OPTIONS = ("--universal", "--all-extras", "--generate-hashes", "--no-header", "--python-version", "3.11")
"""For every machine and every extra, by hash, for the oldest Python that is supported."""


def command(uv: str, packages: Sequence[str]) -> list[str]:
    """Give the command that compiles `pyproject.toml` into the lock.

    Args:
        uv: Its program.
        packages: Packages that may move to a newer version.
    """
    moved = [word for package in packages for word in ("--upgrade-package", package)]
    words = [uv, "pip", "compile", "pyproject.toml", *OPTIONS, *moved]
    return [*words, "--system-certs", "--quiet", "-o", environment.LOCK_FILE.name]


def main(packages: Sequence[str]) -> int:
    """Compile; the exit code is uv's own."""
    try:
        uv = environment.uv()
    except environment.SetupError as problem:
        say.error(str(problem))
        return 1
    with say.step(f"write {environment.LOCK_FILE.name}"):
        return subprocess.run(
            command(uv, packages), cwd=environment.CLONE, env=dict(os.environ), check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
