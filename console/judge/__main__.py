"""Make the API server ready and say where it is: `python -m console.judge`."""

import sys

from console.engine.ready import told
from console.judge import cluster


def main() -> int:
    """Print one line about the server, and give the exit code."""
    return told(_line)


def _line() -> str:
    command = cluster.find()
    return f"Kubernetes {cluster.version()}: {command}"


if __name__ == "__main__":
    sys.exit(main())
