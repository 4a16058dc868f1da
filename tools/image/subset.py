"""Print the part of a hash-locked requirements file that some packages need.

python subset.py requirements.txt torch numpy > subset.txt

The file is one that `uv pip compile --generate-hashes` wrote: each entry ends with the packages that it is there for.
"""

import re
import sys
from collections.abc import Iterable


def entries(text: str) -> dict[str, str]:
    """Give each locked package's entries by its name; markers can make several of one package."""
    found: dict[str, str] = {}
    for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
        name = re.split(r"[=\[ ]", entry, maxsplit=1)[0]
        found[name] = found.get(name, "") + entry
    return found


def needed_by(entry: str) -> set[str]:
    """Give the names behind `# via`."""
    comments = re.findall(r"^ *# *(?:via)? *(\S*)", entry, re.MULTILINE)
    return {name for name in comments if name}


def subset(text: str, roots: Iterable[str]) -> str:
    """Give the entries of the roots and of all that they need, in the file's order.

    Raises:
        ValueError: a root is not in the file.
    """
    locked = entries(text)
    chosen = set(roots)
    if missing := sorted(chosen - set(locked)):
        raise ValueError(f"not locked: {', '.join(missing)}; add them to pyproject.toml and lock again")
    while more := {name for name, entry in locked.items() if needed_by(entry) & chosen} - chosen:
        chosen |= more
    return "".join(entry for name, entry in locked.items() if name in chosen)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123 - runs alone in an image's build
        print(subset(file.read(), sys.argv[2:]), end="")
