"""Whatever cuts a run off, the state stays whole, what exists stays known, and the next run carries on.

One stack is cut off again and again, each time in another phase and by another hand; at the end nothing is left of it.
"""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import clone as clones
import psutil
import pytest
from clone import Clone

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

STACK = """config:
  causeway:platform: local
  causeway:owner: you
  causeway:team: platform
  causeway:cost_center: none
  causeway:data_classes: {text: {}}
  causeway:budget: {monthly_usd: 0}
  causeway:stores: {artifacts: {data_class: text, force_destroy: true}}
  causeway:cluster: {slots: 1}
  causeway:training:
    store: artifacts
    options: {corpus: CORPUS, depth: 1, steps: 400, vocab_size: 300, checkpoint_every: 20}
"""

CANCELLED = 8
"""The exit code of a run that was cut off."""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """Give a fresh clone with a small stack; whatever happens, nothing of it stays alive."""
    folder = tmp_path_factory.mktemp("clone")
    made = clones.make(folder)
    corpus = folder / "corpus.txt"
    corpus.write_text(
        "".join(f"The causeway carries lorry number {n} over the marsh.\n" for n in range(3000))
    )
    made.stack_file("cut").write_text(STACK.replace("CORPUS", str(corpus)))
    yield made
    made.causeway("down", "cut")


def interrupt_group(console: psutil.Popen) -> None:
    """Do what a terminal does at Ctrl-C."""
    os.killpg(console.pid, signal.SIGINT)


def interrupt_console(console: psutil.Popen) -> None:
    """Do what `kill -INT` on the command does."""
    console.send_signal(signal.SIGINT)


def kill_engine(console: psutil.Popen) -> None:
    """Do what the kernel does when memory is short."""
    for child in console.children():
        if child.name() == "pulumi":
            child.kill()


def kill_waiting_engine(console: psutil.Popen) -> None:
    """Kill the engine of the update itself, some seconds after it has begun."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for child in console.children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if child.name() == "pulumi" and "up" in child.cmdline():
                    time.sleep(8)
                    child.kill()
                    return
        time.sleep(0.02)


def trainers(clone: Clone) -> list[psutil.Process]:
    """Give the workers of the clone's training run."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cwd() == str(clone.folder) and process.cmdline()[-2:] == ["-m", "workloads.pretrain"]:
                found.append(process)
    return [process for process in found if "workloads.pretrain.launch" not in process.cmdline()]


def cut(clone: Clone, verb: str, sign: str, strike: Callable[[psutil.Popen], None]) -> str:
    """Run a verb until a line has the sign, strike, and give all it said; it must end within seconds, and cancelled."""
    log = clone.folder / "said.txt"
    with log.open("w") as sink:
        console = psutil.Popen(
            [str(clone.python), "-m", "console", verb, "cut"],
            cwd=clone.folder, env=clone.env(), stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
            start_new_session=True,
        )  # fmt: skip
    try:
        seen(log, sign, console)
        strike(console)
        code = console.wait(60)
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            console.kill()
        console.wait(60)
    said = log.read_text()
    assert code == CANCELLED, said
    assert "Traceback" not in said
    assert said.count("error:") == 1
    return said


def seen(log: Path, sign: str, console: psutil.Popen) -> None:
    """Wait until the sign is in the log."""
    deadline = time.monotonic() + 120
    while not re.search(sign, log.read_text()):
        assert console.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)


def test_one_stack_cut_off_in_every_phase(clone: Clone, subtests: pytest.Subtests) -> None:
    """Each chapter begins where the one before was cut off; all are told even when one fails."""
    for chapter in CHAPTERS:
        with subtests.test(chapter.__name__.replace("_", " ")):
            chapter(clone)


def ctrl_c_while_keys_are_made(clone: Clone) -> None:
    """A signal that only the console gets is passed on; what was made is in the state."""
    said = cut(clone, "up", "create +KeyRing", interrupt_console)
    assert "the next `causeway up` carries on" in said


def ctrl_c_while_training(clone: Clone) -> None:
    """Ctrl-C ends the wait, not the job, and status says so."""

    def strike(console: psutil.Popen) -> None:
        for worker in trainers(clone):
            worker.suspend()  # so that it can't end before the next chapter, however fast the machine is
        interrupt_group(console)

    cut(clone, "up", r"step +\d+/400", strike)
    status = clone.causeway("status", "cut")
    assert status.returncode == 4
    assert "pretrain" in status.stderr


def a_kill_of_the_engine_while_training(clone: Clone) -> None:
    """The run that goes on in the background is waited for again; then the engine is killed under the console."""
    said = cut(clone, "up", "", kill_waiting_engine)  # suspended workers say nothing to wait for
    assert "ended by signal 9" in said
    for worker in trainers(clone):
        worker.resume()


def the_next_up_carries_on(clone: Clone) -> None:
    """The lock is freed, the one run is adopted and not begun anew, and nothing is pending."""
    result = clone.causeway("up", "cut")
    assert result.returncode == 0, result.stderr
    assert "freed the lock of a killed run" in result.stderr
    log = (clone.home / "stacks/cut/jobs/pretrain/output.log").read_text()
    assert log.count("-- start ") == 1
    assert clone.json("status", "cut")["ok"]


def a_second_up_changes_nothing(clone: Clone) -> None:
    """The stack is as its file says."""
    assert set(clone.json("up", "cut")["changes"]) == {"same"}


def a_cut_in_the_first_creation_is_deleted_by_down(clone: Clone) -> None:
    """A job that the state doesn't know, because the engine died while making it, is found and ended by `down`."""
    file = clone.stack_file("cut")
    file.write_text(file.read_text().replace("steps: 400", "steps: 4000"))
    cut(clone, "up", r"step +\d+/4000", kill_engine)
    document = clone.json("down", "cut")
    assert document["left"] == {"resources": 0, "processes": [], "ports": [], "files": []}


CHAPTERS: tuple[Callable[[Clone], None], ...] = (
    ctrl_c_while_keys_are_made,
    ctrl_c_while_training,
    a_kill_of_the_engine_while_training,
    the_next_up_carries_on,
    a_second_up_changes_nothing,
    a_cut_in_the_first_creation_is_deleted_by_down,
)
