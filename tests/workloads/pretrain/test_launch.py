"""The launcher ends as its workers end, and adds no trace to what they said."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from torch.distributed.elastic.multiprocessing.api import PContext, SignalException

from workloads.pretrain import train
from workloads.pretrain.__main__ import TRY_AGAIN, main
from workloads.pretrain.errors import EXIT_CODE, RunError, room
from workloads.pretrain.launch import KILL_SECONDS, notice, patience
from workloads.store import Store, UnreachableError


class NoWorkers(PContext):
    """torchrun's handle on workers, of which there are none; it notes how long it was to wait for them."""

    def __init__(self) -> None:
        self.waits: list[int] = []
        self._tail_logs = []
        self.filtered_stdout = self.filtered_stderr = None

    def _start(self) -> None: ...

    def _poll(self) -> None: ...

    def pids(self) -> dict[int, int]:
        """Give the workers' numbers."""
        return {}

    def _close(self, death_sig: signal.Signals, timeout: int = KILL_SECONDS) -> None:
        assert death_sig == signal.SIGTERM
        self.waits.append(timeout)


def told_to_end() -> None:
    """Do as torchrun's handler of SIGTERM does."""
    raise SignalException("told to end", signal.SIGTERM)


ARGUMENTS = ("--nproc-per-node=1", "--nnodes=1", "--rdzv-backend=c10d", "--rdzv-endpoint=127.0.0.1:0")


@pytest.mark.parametrize(
    ("program", "code", "said"),
    [
        (
            "import sys; print('error: no such corpus', file=sys.stderr); sys.exit(2)",
            2,
            "error: no such corpus",
        ),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 137, ""),
        ("print('done')", 0, "done"),
    ],
    ids=["refused", "killed", "done"],
)
def test_ends_as_the_worker_ends(tmp_path: Path, program: str, code: int, said: str) -> None:
    """The exit code is the worker's, its own words are there, and no Python traceback is."""
    script = tmp_path / "worker.py"
    script.write_text(program)
    command = [sys.executable, "-m", "workloads.pretrain.launch", *ARGUMENTS, "--max-restarts=0", str(script)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == code, result.stderr
    assert said in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert "=====" not in result.stderr


def test_workers_have_the_whole_notice() -> None:
    """Told to end, the launcher waits the notice of the settings before it kills; after a failure torchrun's time."""
    context = NoWorkers()
    with patience(notice({"CAUSEWAY_CONFIG": json.dumps({"notice": 120})})):
        context.close(signal.SIGTERM)
        try:
            told_to_end()
        except SignalException:
            context.close(signal.SIGTERM)
    context.close(signal.SIGTERM)
    assert context.waits == [KILL_SECONDS, 120, KILL_SECONDS]


def test_settings_that_cannot_be_read_are_the_workers_to_refuse() -> None:
    """The launcher itself goes on with torchrun's wait, and the worker says what is wrong."""
    assert notice({"CAUSEWAY_CONFIG": "["}) == KILL_SECONDS
    assert notice({"CAUSEWAY_CONFIG": '{"notic": 120}'}) == KILL_SECONDS


def test_a_full_disk_is_final_and_one_sentence(tmp_path: Path) -> None:
    """What can't be written for want of space ends the run with the code that nobody tries again."""
    program = """
import resource, runpy
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
runpy.run_module("workloads.pretrain", run_name="__main__")
"""
    Store.create((tmp_path / "store").as_uri())
    environment = {
        **os.environ,
        "CAUSEWAY_STORE_URL": (tmp_path / "store").as_uri(),
        "CAUSEWAY_SCRATCH": str(tmp_path / "scratch"),
        "CAUSEWAY_CONFIG": json.dumps({"corpus_bytes": 400_000, "vocab_size": 300}),
    }
    result = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == EXIT_CODE, result.stderr
    (told,) = result.stderr.splitlines()
    assert told.startswith(f"error: {tmp_path}/scratch: File too large, ")
    assert "Free some space" in told


def test_only_want_of_space_is_told_as_such(tmp_path: Path) -> None:
    """A full device is a refusal, with the figure of what is free; any other failure of the system stays what it is."""
    with pytest.raises(RunError, match=r"No space left on device, .* MB are free"), room(tmp_path):
        Path("/dev/full").write_bytes(b"x")
    with pytest.raises(FileNotFoundError), room(tmp_path):
        (tmp_path / "gone").read_bytes()


def test_a_store_out_of_reach_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker ends with the code of a passing failure, and leaves no word that a restart would be in vain."""

    def cut_off(*_: object) -> int:
        raise UnreachableError("s3://bucket/a: cut off")

    monkeypatch.setattr(train, "train", cut_off)
    monkeypatch.setenv("CAUSEWAY_STORE_URL", "s3://bucket")
    monkeypatch.setenv("CAUSEWAY_CONFIG", "{}")
    monkeypatch.setenv("CAUSEWAY_SCRATCH", str(tmp_path / "scratch"))
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "one")
    assert main() == TRY_AGAIN
    assert list((tmp_path / "scratch").iterdir()) == []
