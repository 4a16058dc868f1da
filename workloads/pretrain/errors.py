"""The one error that a person is meant to read."""

EXIT_CODE = 2
"""Exit code of a run that can't start, or go on, as asked: the same mistake would come back after a restart."""


class RunError(ValueError):
    """A run can't go on as asked; the text says where, what was given, what is allowed and how to mend it."""
