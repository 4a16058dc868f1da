"""Write checkpoints in forked processes that are killed or run out of space: `python writer.py FOLDER SEED KILLS`.

Prints one JSON object: what each reader found after each kill, and what came of a write beyond the file-size limit.
"""

import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor
from torch._C._distributed_c10d import HashStore

from workloads.pretrain.checkpoint import Checkpoints, Record
from workloads.pretrain.errors import RunError
from workloads.store import Store

SIZE = 100_000
"""Numbers in each of the two tensors."""
MOMENT = 0.02
"""Seconds into a first checkpoint, of whose length nothing is known."""


def checkpoints(folder: Path) -> Checkpoints:
    """Open the run's checkpoints as a world of one process."""
    dist.init_process_group("gloo", store=HashStore(), rank=0, world_size=1)
    group = dist.group.WORLD
    assert group is not None
    return Checkpoints(Store.open((folder / "bucket").as_uri()), "run", 2, group)


def tensors(value: float, size: int = SIZE) -> dict[str, Tensor]:
    """Give tensors that show which step wrote them."""
    return {name: torch.full((size,), value) for name in ("model/a", "average/a")}


def write(folder: Path, first: int, begun: int) -> None:
    """Write checkpoints until the end comes; tell of each one that is begun, for then the one before it is done."""
    place = checkpoints(folder)
    for step in range(first, first + 10_000):
        place.save(Record(step=step, samples=step, fingerprint={}, state={}, world=1), tensors(step))
        os.write(begun, b".")


def newest(folder: Path) -> int:
    """Load the newest checkpoint; give its step if every number in it is that step's, -1 if not."""
    place = checkpoints(folder)
    for record in place.records():
        found = tensors(-1.0)
        place.load(record, found)
        whole = all(bool((tensor == record.step).all()) for tensor in found.values())
        return record.step if whole else -1
    return 0


def too_large(folder: Path) -> str:
    """Write a checkpoint beyond the largest file that the system allows; give the error."""
    place = checkpoints(folder)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    try:
        place.save(
            Record(step=99_999_999, samples=0, fingerprint={}, state={}, world=1), tensors(1.0, 10 * SIZE)
        )
        place.wait()
    except RunError as error:
        return str(error)
    return ""


def forked(work: Callable[[], object]) -> str:
    """Do the work in a forked process and give its answer."""
    reader, sink = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(sink, json.dumps(work()).encode())
        os._exit(0)
    os.close(sink)
    with os.fdopen(reader) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return text


def killed(folder: Path, first: int, done: int, share: float) -> None:
    """Kill a writer that has done so many checkpoints, a share of the time of one into the next."""
    reader, begun = os.pipe()
    child = os.fork()
    if child == 0:
        write(folder, first, begun)
        os._exit(1)
    os.close(begun)
    assert os.read(reader, 1), "the writer has ended by itself"
    start = time.monotonic()
    for _ in range(done):
        assert os.read(reader, 1), "the writer has ended by itself"
    time.sleep(share * ((time.monotonic() - start) / done if done else MOMENT))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reader)


def main() -> None:
    """Kill, look, go on from there; at the end fill the disk."""
    folder, chance, kills = Path(sys.argv[1]), random.Random(int(sys.argv[2])), int(sys.argv[3])
    store = Store.create((folder / "bucket").as_uri())
    steps = [0]
    for _ in range(kills):
        killed(folder, steps[-1] + 1, chance.randrange(2), chance.random())
        steps.append(int(forked(lambda: newest(folder))))
    before = sorted(info.key for info in store.list())
    error = json.loads(forked(lambda: too_large(folder)))
    after = sorted(info.key for info in store.list())
    json.dump({"steps": steps, "error": error, "same": before == after, "kept": len(after)}, sys.stdout)


if __name__ == "__main__":
    main()
