"""Rows of a Markdown table whose cells hold any text."""

from collections.abc import Iterable

_MARKUP = str.maketrans({"|": r"\|", "<": "&lt;"})
"""What would end a cell, or be taken for HTML and not shown."""


def row(cells: Iterable[object]) -> str:
    """Write a row: each cell reads as its text."""
    return f"| {' | '.join(str(cell).translate(_MARKUP) for cell in cells)} |"
