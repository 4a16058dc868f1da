"""Start one worker of a run.

    python -m torch.distributed.run --nproc-per-node=2 -m workloads.pretrain

Alone, without torchrun, it trains with one process. Settings come from the environment (`job.py`).
"""

import contextlib
import os
import sys
import time
from pathlib import Path

from workloads.pretrain.errors import EXIT_CODE, RunError
from workloads.pretrain.job import Job
from workloads.store.errors import UnreachableError

TRY_AGAIN = 75
"""Exit code when another worker is gone or the store can't be reached (EX_TEMPFAIL): the launcher restarts all."""


def refusal(job: Job) -> Path:
    """Name the file that says: this launcher's workers refused to go on, a restart makes the same mistake again."""
    return job.scratch / f"refused-{os.getppid()}"


def refuse(job: Job) -> None:
    """Write that file, where a launcher could restart; on a full disk the next attempt has to find out for itself."""
    if "TORCHELASTIC_RUN_ID" in os.environ:
        with contextlib.suppress(OSError):
            refusal(job).parent.mkdir(mode=0o700, exist_ok=True)
            refusal(job).touch(0o600)


def main() -> int:
    """Run this worker; give its exit code."""
    began = time.time()
    speaks = os.environ.get("RANK", "0") == "0"
    try:
        job = Job.parse(os.environ)
        if int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) > 0 and refusal(job).exists():
            return EXIT_CODE
        from workloads.pretrain.train import train

        try:
            return train(job, began)
        except UnreachableError as error:
            if speaks:
                print(f"error: {error}", file=sys.stderr)
            return TRY_AGAIN
        except ValueError:
            refuse(job)
            raise
    except ValueError as error:
        if not isinstance(error, RunError) and not type(error).__module__.startswith("workloads."):
            raise
        if speaks:
            print(f"error: {error}", file=sys.stderr)
        return EXIT_CODE
    except RuntimeError as error:
        if "gloo" not in str(error).lower() and "nccl" not in str(error).lower():
            raise
        print(
            f"rank {os.environ.get('RANK', '0')} lost its peers: {str(error).splitlines()[0]}",
            file=sys.stderr,
        )
        return TRY_AGAIN


if __name__ == "__main__":
    sys.exit(main())
