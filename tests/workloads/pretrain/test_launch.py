"""The launcher ends as its workers end, and adds no trace to what they said."""

import subprocess
import sys
from pathlib import Path

import pytest

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
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == code, result.stderr
    assert said in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert "=====" not in result.stderr
