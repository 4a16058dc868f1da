"""Which stacks a change touches, by the files that differ from the merge base."""

import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from console.exits import Exit
from console.failures import Failed
from infra import paths

_CODE = ("infra", "components", "stacks", "workloads", "policy", "providers", "console")
_FILES = ("Pulumi.yaml", "pyproject.toml", "requirements.txt")


def touched(files: Iterable[str], stacks: Sequence[str]) -> list[str]:
    """Give the stacks whose plan may differ: a stack file touches its stack, code touches all, pages touch none."""
    found: set[str] = set()
    for file in files:
        path = PurePosixPath(file)
        if path.parent == PurePosixPath("stacks") and path.name.startswith("Pulumi."):
            found.add(path.name.split(".")[1])
        elif file in _FILES or (path.parts[0] in _CODE and path.suffix != ".md"):
            return sorted(stacks)
    return sorted(found & set(stacks))  # a stack whose file is gone can't be planned


def files(base: str) -> list[str]:
    """List the files that differ from the merge base, also those that are not committed yet."""
    root = merge_base(base)
    listed = _git("diff", "--name-only", "-z", root).split("\0")
    fresh = _git("ls-files", "--others", "--exclude-standard", "-z").split("\0")
    return [name for name in (*listed, *fresh) if name]


def merge_base(base: str) -> str:
    """Give the commit that this change began at.

    Raises:
        Failed: There is no such branch, or its history is not here.
    """
    return _git("merge-base", base_name(base), "HEAD").strip()


def base_name(base: str) -> str:
    """Give the branch to compare with: the given one, else the pull request's, else main."""
    if base:
        return base
    asked = os.environ.get("GITHUB_BASE_REF")
    return f"origin/{asked}" if asked else "main"


def _git(*words: str) -> str:
    command = ["git", "-C", str(paths.project()), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        why = done.stderr.strip() or f"`git {words[0]}` found nothing"
        raise Failed(f"{why}: give --base, and fetch its history (fetch-depth: 0)", Exit.CONFIGURATION)
    return done.stdout
