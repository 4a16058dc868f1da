"""Check the arrows between rooms: `python -m tools.lint`."""

import sys

from importlinter.cli import lint_imports

if __name__ == "__main__":
    sys.exit(lint_imports())
