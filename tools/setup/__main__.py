"""Prepare this clone: `python3 -m tools.setup`. Standard library only, safe to run twice or to interrupt.

The heavy environment (Pulumi, cloud SDKs, torch) lives once per version in the user's cache folder. The clone gets
a thin `.venv` of a few kilobytes that looks there and at the clone itself, so that a fresh clone is ready at once.
"""

import sys

from tools.setup import environment, say


def main() -> int:
    """Build what is missing and link it into the clone. Exit code 0 when the clone is ready."""
    if sys.version_info < (3, 11):  # noqa: UP036  the very mistake that this line reports
        say.error(
            f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}. Try: make PYTHON=python3.12"
        )
        return 2
    try:
        shared = environment.ensure()
        environment.link(shared)
    except environment.SetupError as problem:
        say.error(str(problem))
        return 1
    except KeyboardInterrupt:
        say.error("interrupted: run the same command again, it goes on where it stopped")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
