"""Run training gangs of forked processes, one scenario after the other: `python gang.py FOLDER < scenarios.json`.

Torch is imported once, before any fork, so that a gang starts in milliseconds. Each scenario is a list of lives; a
life has a number of workers, settings, maybe a step at which a worker kills itself or its weights are spoiled, and
maybe objects that are cut in half before it. Prints one JSON object.
"""

import json
import os
import signal
import socket
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import matplotlib as mpl
import torch.distributed.checkpoint
import torch.distributed.fsdp
import torch.distributed.pipelining
import torch.distributed.tensor.parallel  # noqa: F401 - all of it imported before the first fork
from torch import Tensor

from workloads.pretrain import train as loop
from workloads.pretrain.errors import RunError
from workloads.pretrain.job import Job
from workloads.pretrain.loader import Batch, Loader
from workloads.pretrain.plot import draw
from workloads.pretrain.spec import PretrainSpec
from workloads.store import Store, StoreError, UnreachableError


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def worker(folder: Path, name: str, life: dict[str, Any], rank: int, port: int) -> int:
    """Be one worker of one life; what it sees and says lands in files."""
    out = (folder / f"{name}.{rank}.log").open("a")
    os.dup2(out.fileno(), 1)
    os.dup2(out.fileno(), 2)
    sys.stdout = sys.stderr = out
    world = life["workers"]
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[rank % len(cores)]})
    os.environ |= {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(world),
        "LOCAL_WORLD_SIZE": str(world),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "OMP_NUM_THREADS": "1",
    }
    scratch = folder / f"{name}.scratch"
    scratch.mkdir(mode=0o700, exist_ok=True)
    os.environ["CAUSEWAY_SCRATCH"] = str(scratch)
    job = Job(
        spec=PretrainSpec.parse(life["spec"]),
        store_url=(folder / name / "bucket").as_uri(),
        key_ring=None,
        run="run",
        result=folder / f"{name}.result.json",
        scratch=scratch,
    )
    spy(folder / f"{name}.samples.jsonl", life, rank)
    try:
        return loop.train(job, time.time())
    except (RunError, StoreError) as error:
        out.write(f"error: {error}\n")
        return 75 if isinstance(error, UnreachableError) else 2
    except Exception:  # noqa: BLE001 - a forked child must not fall through to its parent's code
        traceback.print_exc(file=out)
        return 1
    finally:
        out.flush()


def spy(target: Path, life: dict[str, Any], rank: int) -> None:
    """Write down each step's samples, and end this worker where the life says so."""
    load, step = Loader.load, loop.one_step

    def noting(self: Loader, consumed: int, data_rank: int, world: int, micro: int) -> Batch:
        batch = load(self, consumed, data_rank, world, micro)
        with target.open("a") as file:
            seen = {"life": life["number"], "consumed": consumed, "samples": batch.samples.tolist()}
            file.write(json.dumps(seen) + "\n")
        return batch

    def dying(run: loop.Run, rate: float, window: loop.Window) -> Tensor:
        if rank == life.get("victim", 0) and life.get("kill_at") == run.step:
            run.checkpoints.wait()
            os.kill(os.getpid(), signal.SIGKILL)
        if rank == 0 and life.get("term_at") == run.step:
            os.kill(os.getpid(), signal.SIGTERM)
        if life.get("spoil_at") == run.step:
            next(run.laid.model.parameters()).data.fill_(float("nan"))
        return step(run, rate, window)

    Loader.load, loop.one_step = noting, dying  # type: ignore[method-assign,assignment]  # a spy
    for name in life.get("cut_off", []):
        cut_off(name)


def cut_off(name: str) -> None:
    """Let a method of stores not reach any checkpoint."""
    work = getattr(Store, name)

    def reach(self: Store, key: str, *rest: Any, **more: Any) -> Any:
        if "/checkpoints/" in key:
            raise UnreachableError(f"{self.url}/{key}: cut off")
        return work(self, key, *rest, **more)

    setattr(Store, name, reach)


def live(folder: Path, name: str, life: dict[str, Any]) -> list[int]:
    """Fork the workers of one life; give their exit codes."""
    for pattern in life.get("cut", []):
        for path in (folder / name / "bucket").glob(pattern):
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    port, children = free_port(), []
    for rank in range(life["workers"]):
        child = os.fork()
        if child == 0:
            os._exit(worker(folder, name, life, rank, port))
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def main() -> None:
    """Run all scenarios."""
    folder = Path(sys.argv[1])
    outcomes = {}
    for name, lives in json.load(sys.stdin).items():
        Store.create((folder / name / "bucket").as_uri())
        begin = time.time()
        codes = [live(folder, name, life | {"number": number}) for number, life in enumerate(lives)]
        result = folder / f"{name}.result.json"
        outcomes[name] = {
            "codes": codes,
            "seconds": time.time() - begin,
            "result": json.loads(result.read_text()) if result.exists() else None,
            "log": "".join(path.read_text() for path in sorted(folder.glob(f"{name}.*.log"))),
        }
    json.dump(outcomes, sys.stdout)


if __name__ == "__main__":
    mpl.use("Agg")
    draw("", [[1, 2.0]], [], {"productive": 1.0})  # before the forks: fonts are found once
    main()
