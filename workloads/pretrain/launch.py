"""Start the workers of one node and end as they end: torchrun, without its page-long trace after a refusal.

    python -m workloads.pretrain.launch --nproc-per-node=2 -m workloads.pretrain

The arguments are torchrun's own. What went wrong was said by the worker; the exit code is the first failed worker's.
"""

import os
import shutil
import sys
from collections.abc import Sequence

from torch.distributed.elastic.multiprocessing.api import SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.launcher.api import elastic_launch
from torch.distributed.run import config_from_args, parse_args

from workloads.pretrain.job import default_scratch

SIGNALLED = 128
"""Added to the number of the signal that ended a process, as shells do."""


def main(arguments: Sequence[str]) -> int:
    """Launch and wait; give the exit code, and remove the scratch folder that the workers shared."""
    asked = parse_args(list(arguments))  # type: ignore[no-untyped-call]  # torch leaves it so
    config, command, words = config_from_args(asked)
    try:
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
