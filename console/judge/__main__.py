"""Make the API server ready and say where it is: `python -m console.judge`."""

import sys

from console.engine import EngineError
from console.judge import cluster
from tools.setup import say


def main() -> int:
    """Print one line about the server. Exit code 0 when it is ready, 1 with a reason when it can't be."""
    try:
        command = cluster.find()
    except EngineError as problem:
        say.error(str(problem))
        return 1
    except KeyboardInterrupt:
        say.error("interrupted: run the same command again")
        return 130
    print(f"Kubernetes {cluster.version()}: {command}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
