"""Markdown tables whose cells hold any text."""

from collections.abc import Iterable, Sequence

_MARKUP = str.maketrans({"|": r"\|", "<": "&lt;"})
"""What would end a cell, or be taken for HTML and not shown."""


def row(cells: Iterable[object]) -> str:
    """Write a row: each cell reads as its text."""
    return f"| {' | '.join(str(cell).translate(_MARKUP) for cell in cells)} |"


def table(head: Sequence[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """Write a table and the empty line after it."""
    return [row(head), f"|{' --- |' * len(head)}", *(row(cells) for cells in rows), ""]
