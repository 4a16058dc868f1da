"""How the console speaks: people on standard error and rich, machines by JSON on standard output."""

import json
import sys
from typing import Any

from rich.console import Console
from rich.markup import escape

people = Console(stderr=True, highlight=False, soft_wrap=True)
"""Progress, notes and errors."""

out = Console(highlight=False, soft_wrap=True)
"""Results that a person reads."""


def as_json(value: Any) -> None:
    """Print one JSON document on standard output."""
    json.dump(value, sys.stdout, indent=2, default=str)
    sys.stdout.write("\n")


def note(text: str) -> None:
    """Print one line of progress."""
    people.print(f"[dim]·[/] {escape(text)}")


def error(text: str) -> None:
    """Print one clear error."""
    people.print(f"[bold red]error:[/] {escape(text)}")
