"""The one error that a person is meant to read."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EXIT_CODE = 2
"""Exit code of a run that can't start, or go on, as asked: the same mistake would come back after a restart.

`localhost:index:Job` takes the code as final, and so does a Job of Kubernetes by its `podFailurePolicy`.
"""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class RunError(ValueError):
    """A run can't go on as asked; the text says where, what was given, what is allowed and how to mend it."""


@contextmanager
def room(folder: Path) -> Iterator[None]:
    """Tell a full disk, quota or file-size limit in one sentence.

    Args:
        folder: Where the run writes, for an error that names no file.

    Raises:
        RunError: No further attempt would find more space.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        place = Path(error.filename).parent if error.filename else folder
        free = shutil.disk_usage(place).free / 1e6
        raise RunError(
            f"{place}: {os.strerror(error.errno)}, {free:,.1f} MB are free; what the store has is intact. "
            "Free some space or use another disk, then run it again"
        ) from error
