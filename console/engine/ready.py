"""Make something ready that was built or is still to build, and say where it is."""

from collections.abc import Callable

from console.engine.model import EngineError
from tools.setup import say


def told(find: Callable[[], str]) -> int:
    """Print one line about what was found.

    Args:
        find: Finds or builds it, and describes it in a line.

    Returns:
        The exit code: 0 when it is ready, 1 with a reason when it can't be, 130 when it was interrupted.
    """
    try:
        line = find()
    except EngineError as problem:
        say.error(str(problem))
        return 1
    except KeyboardInterrupt:
        say.error("interrupted: run the same command again")
        return 130
    print(line)
    return 0
