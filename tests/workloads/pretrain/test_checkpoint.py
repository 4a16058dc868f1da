"""A checkpoint is whole or absent, whatever kills its writer, and goodput counts what a kill cost."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from workloads.pretrain.goodput import Attempt, Goodput

KILLS = 50


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Run the writer that is killed fifty times and then finds no space."""
    command = [
        sys.executable,
        str(Path(__file__).with_name("writer.py")),
        str(tmp_path_factory.mktemp("writer")),
    ]
    root = Path(__file__).parents[3]
    answer = subprocess.run(
        [*command, "7", str(KILLS)], capture_output=True, text=True, timeout=200, check=False, cwd=root
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_killed_writer_leaves_a_valid_checkpoint(written: Any) -> None:
    """After each of fifty kills at random moments the newest checkpoint is whole, never older than the one before."""
    steps = written["steps"]
    assert len(steps) == KILLS + 1
    assert -1 not in steps
    assert steps == sorted(steps)
    assert len(set(steps)) > KILLS / 5


def test_full_disk_keeps_the_old_checkpoint(written: Any) -> None:
    """A write that finds no space says how much it needs and leaves nothing but what was there."""
    assert "checkpoint of step 99999999 was not written, the older ones are intact" in written["error"]
    assert "8.0 MB" in written["error"]
    assert written["same"]


def test_goodput_counts_gaps_and_work_done_twice() -> None:
    """A killed attempt's gap is idle, a clean end's gap is nobody's, and steps up to the old mark are recompute."""
    parts = dict.fromkeys(("productive", "init", "data_wait", "checkpoint", "recompute", "idle"), 0.0)
    clean = Attempt(began=100.0, until=110.0, parts=parts | {"productive": 10.0}, step=5, clean=True)
    killed = Attempt(began=200.0, until=220.0, parts=parts | {"productive": 15.0, "init": 5.0}, step=9)
    now = Goodput(230.0, [killed, clean])
    assert (now.work(8), now.work(9)) == ("recompute", "productive")
    seconds = now.seconds()
    assert seconds["idle"] == pytest.approx(10.0)
    assert sum(now.ratios().values()) == pytest.approx(1.0, abs=1e-6)
