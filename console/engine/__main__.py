"""Make the engine ready and say where it is: `python -m console.engine`."""

import sys

from console.engine.find import find
from console.engine.model import EngineError
from tools.setup import say


def main() -> int:
    """Print one line about the engine. Exit code 0 when it is ready, 1 with a reason when it can't be."""
    try:
        engine = find()
    except EngineError as problem:
        say.error(str(problem))
        return 1
    except KeyboardInterrupt:
        say.error("interrupted: run the same command again")
        return 130
    print(f"Pulumi {engine.version} ({engine.origin}): {engine.pulumi}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
