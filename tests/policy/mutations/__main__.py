"""Print what the pack says about every defect: `python -m tests.policy.mutations [STACK ...]`.

`--write` writes the page. Each row is one defect in the recorded graph of a stack, judged by all rules. Exit code 1: a
row brought another finding than its own.
"""

import sys
from pathlib import Path

from infra import paths
from tests.policy.mutations.page import page
from tests.policy.mutations.table import STACKS, Row, rows, said

PAGE = paths.project() / "docs" / "policies" / "mutations.md"


def main(words: list[str]) -> int:
    """Print the table, and write the page if asked."""
    wrong = sum(not _shown(row) for row in rows([word for word in words if word in STACKS] or STACKS))
    if "--write" in words:
        Path(PAGE).write_text(page(), encoding="utf-8")
    return 1 if wrong else 0


def _shown(row: Row) -> bool:
    found = [said(one) for one in row.found()]
    good = found == [row.wanted]
    sys.stdout.write(
        f"{'ok ' if good else 'BAD'} {row.stack:<11}{row.mutation.rule:<42}{row.mutation.says}\n"
    )
    for rule, at in found if not good else ():
        sys.stdout.write(f"    {rule} {at}\n")
    return good


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
