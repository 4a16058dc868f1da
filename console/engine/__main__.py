"""Make the engine ready and say where it is: `python -m console.engine`."""

import sys

from console.engine.find import find
from console.engine.ready import told


def main() -> int:
    """Print one line about the engine, and give the exit code."""
    return told(_line)


def _line() -> str:
    engine = find()
    return f"Pulumi {engine.version} ({engine.origin}): {engine.pulumi}"


if __name__ == "__main__":
    sys.exit(main())
