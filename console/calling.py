"""From the words of the command line to an exit code: a word that is wrong ends like any other mistake."""

from collections.abc import Sequence

import typer

from console import failures
from console.commands import app

_NAME = "causeway"


def run(words: Sequence[str]) -> int:
    """Run a verb.

    Args:
        words: The words after `causeway`; none ask for help.
    """
    try:
        with failures.boundary(as_json="--json" in words):
            return app(list(words) or ["--help"], prog_name=_NAME, standalone_mode=False) or 0
    except typer.Exit as ended:
        return ended.exit_code
