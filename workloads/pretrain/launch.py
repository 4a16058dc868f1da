"""Start the workers of one node and end as they end: torchrun, without its page-long trace after a refusal.

    python -m workloads.pretrain.launch --nproc-per-node=2 -m workloads.pretrain

The arguments are torchrun's own. What went wrong was said by the worker; the exit code is the first failed worker's.
After SIGTERM workers have the whole `notice` of the settings to save; torchrun alone would kill them after 30 s.
"""

import os
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from torch.distributed.elastic.multiprocessing.api import PContext, SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.launcher.api import elastic_launch
from torch.distributed.run import config_from_args, parse_args

from workloads.pretrain.errors import RunError
from workloads.pretrain.job import default_scratch, read_spec

SIGNALLED = 128
"""Added to the number of the signal that ended a process, as shells do."""


KILL_SECONDS = 30
"""torchrun's own wait between SIGTERM and SIGKILL; it offers no option for it."""


def notice(environment: Mapping[str, str]) -> int:
    """Give the seconds between SIGTERM and the end; torchrun's own when the settings are wrong, as workers will say."""
    try:
        return int(read_spec(environment).notice)
    except RunError:
        return KILL_SECONDS


@contextmanager
def patience(seconds: int) -> Iterator[None]:
    """Give workers that long to end when the launcher itself was told to; after a failure torchrun's own time."""
    close = PContext.close

    def patient(
        context: PContext, death_sig: signal.Signals | None = None, timeout: int = KILL_SECONDS
    ) -> None:
        close(context, death_sig, seconds if isinstance(sys.exception(), SignalException) else timeout)

    PContext.close = patient  # type: ignore[method-assign,assignment]  # the agent calls it without a timeout
    try:
        yield
    finally:
        PContext.close = close  # type: ignore[method-assign]  # as it was


def main(arguments: Sequence[str]) -> int:
    """Launch and wait; give the exit code, and remove the scratch folder that the workers shared."""
    seconds = notice(os.environ)
    asked = parse_args(list(arguments))  # type: ignore[no-untyped-call]  # torch leaves it so
    config, command, words = config_from_args(asked)
    try:
        with patience(seconds):
            elastic_launch(config, command)(*words)
    except ChildFailedError as error:
        code = int(error.get_first_failure()[1].exitcode)
        return code if code > 0 else SIGNALLED - code
    except SignalException as stopped:
        return SIGNALLED + int(stopped.sigval)
    finally:
        shutil.rmtree(default_scratch(os.getpid()), ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
