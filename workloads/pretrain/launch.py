"""torchrun for this trainer, quiet: one node's workers, restarted together, and no stack trace of the launcher itself.

    python -m workloads.pretrain.launch --nproc-per-node=2

Takes torchrun's own options. Exits with the code of the first worker that failed, or 128 + the signal that ended it.
"""

import os
import shutil
import signal
import sys

from torch.distributed.elastic.multiprocessing.api import SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.run import parse_args, run

from workloads.pretrain.job import default_scratch


def main(options: list[str]) -> int:
    """Run the workers of this node until they end; give the exit code."""
    try:
        run(parse_args([*options, "-m", "workloads.pretrain"]))
    except ChildFailedError as error:
        rank, failure = error.get_first_failure()
        if failure.exitcode != signal.SIGTERM + 128:
            print(f"worker {rank} ended with exit code {failure.exitcode}", file=sys.stderr)
        return failure.exitcode if failure.exitcode > 0 else 128 - failure.exitcode
    except SignalException as ended:
        return 128 + int(ended.sigval)
    finally:
        shutil.rmtree(default_scratch(os.getpid()), ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
