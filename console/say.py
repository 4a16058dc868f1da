"""How the console speaks: people on standard error and rich, machines by JSON on standard output."""

import json
import sys
from typing import Any

from rich.console import Console
from rich.markup import escape

people = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)
"""Progress, notes and errors."""

_WIDE = 200

out = Console(
    highlight=False,
    emoji=False,  # `causeway:key:` is no picture
    soft_wrap=True,
    width=None if sys.__stdout__ and sys.__stdout__.isatty() else _WIDE,
)
"""Results that a person reads; where no terminal has a width, names in a table stay whole, for `grep` and `less`."""


def as_json(value: Any) -> None:
    """Print one JSON document on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, default=str) + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """Print one line of progress."""
    people.print(f"[dim]·[/] {escape(text)}")


def error(text: str) -> None:
    """Print one clear error."""
    people.print(f"[bold red]error:[/] {escape(text)}")
