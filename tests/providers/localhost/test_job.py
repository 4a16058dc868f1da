"""Jobs as real processes, without an engine."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from providers.base.errors import PartialFailure, ProviderError
from providers.base.resource import Created
from providers.localhost.job import Job, JobInputs, JobState
from providers.localhost.process import tree
from providers.localhost.process.folder import Folder

Until = Callable[[Callable[[], object]], None]
Python = Callable[[str], list[str]]

WAITS = "import os, pathlib, time\nprint('step 1', flush=True)\nwhile not pathlib.Path('go').exists(): time.sleep(0.05)"


def inputs(home: Path, command: list[str], **given: Any) -> JobInputs:
    """Give the inputs of a job in its own folder."""
    return JobInputs(command=command, directory=str(home / "job"), **given)


def create_in_thread(
    said: Any, given: JobInputs
) -> tuple[threading.Thread, list[Exception | Created[JobState]]]:
    """Start a create that waits, and give where its end will be found."""
    ended: list[Exception | Created[JobState]] = []

    def act() -> None:
        try:
            ended.append(Job().create(said.context(), given))
        except (PartialFailure, ProviderError) as error:
            ended.append(error)

    thread = threading.Thread(target=act)
    thread.start()
    return thread, ended


def record(home: Path) -> Any:
    """Give what the supervisor said last."""
    return Folder(home / "job").record()


def test_success(home: Path, said: Any, python: Python) -> None:
    """A job that ends well gives its result, its times and its log; its secrets stand in private files only."""
    code = (
        "import json, os; print('epoch 1'); print('done');"
        "json.dump({'loss': 1.5, 'key': len(os.environ['KEY'])}, open(os.environ['CAUSEWAY_RESULT'], 'w'))"
    )
    given = inputs(home, python(code), environment={"KEY": "hunter2"})
    made = Job().create(said.context(), given)
    assert made.id == str(home / "job")
    state = made.state
    assert (state.status, state.exit_code, state.attempts) == ("succeeded", 0, 1)
    assert state.result == {"loss": 1.5, "key": 7}
    assert state.started_at
    assert state.finished_at
    assert Path(state.log_file).read_text().endswith("epoch 1\ndone\n")
    ours = [file for file in (home / "job").iterdir() if file.name != "result.json"]
    assert len(ours) == 7
    assert [file for file in ours if file.stat().st_mode & 0o077] == [], "readable by their owner only"


def test_failure_is_explained(home: Path, said: Any, python: Python) -> None:
    """A job that fails is tried again, then told with exit code, attempts, the end of its log and where the rest is."""
    given = inputs(home, python("print('CUDA out of memory'); raise SystemExit(3)"), retries=1)
    with pytest.raises(PartialFailure) as caught:
        Job().create(said.context(), given)
    (reason,) = caught.value.reasons
    assert reason.startswith("the job failed: exit code 3 (2 attempts)")
    assert f"last lines of {home}/job/output.log:" in reason
    assert reason.count("  CUDA out of memory") == 2
    assert (caught.value.state.status, caught.value.state.exit_code) == ("failed", 3)


def test_retry_can_succeed_and_update_keeps_it(home: Path, said: Any, python: Python) -> None:
    """An attempt that fails is followed by one that may succeed; an update doesn't run it again."""
    code = (
        "import pathlib; p = pathlib.Path('seen'); again = p.exists(); p.touch(); raise SystemExit(not again)"
    )
    given = inputs(home, python(code), retries=1)
    made = Job().create(said.context(), given)
    assert made.state.attempts == 2
    again = Job().update(said.context(), made.id, made.state, given)
    assert again.attempts == 2


def test_timeout_ends_the_whole_tree(home: Path, said: Any, python: Python, until: Until) -> None:
    """When the time is up the program goes with all its children, and the error says why."""
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
    with pytest.raises(PartialFailure, match=r"took longer than 0.5 seconds and was ended") as caught:
        Job().create(said.context(), inputs(home, python(code), timeout_seconds=0.5))
    until(lambda: not tree.members(caught.value.state.instance))


def test_missing_result_is_a_failure(home: Path, said: Any, python: Python) -> None:
    """A job that was to write a result and didn't has failed, exit code 0 or not."""
    with pytest.raises(PartialFailure, match="ended without writing its result to"):
        Job().create(said.context(), inputs(home, python("pass"), result_file="out.json"))


def test_interrupted_create_is_adopted(home: Path, said: Any, python: Python, until: Until) -> None:
    """Ctrl-C leaves the job running; the next up waits for the same process and takes its result."""
    given = inputs(home, python(WAITS))
    thread, ended = create_in_thread(said, given)
    until(lambda: "step 1" in said.statuses)
    worker = record(home).worker
    said.cancelled.set()
    thread.join(30)
    (failure,) = ended
    assert isinstance(failure, PartialFailure)
    assert "the job goes on in the background" in failure.reasons[0]
    assert failure.state.status == "running"
    assert psutil.pid_exists(worker)
    assert Job().diff(said.context(), failure.state, given) == ["status"], (
        "a refresh in between changes nothing"
    )

    said.cancelled.clear()
    (home / "job" / "go").touch()
    state = Job().update(said.context(), failure.id, failure.state, given)
    assert (state.status, state.attempts, record(home).worker) == ("succeeded", 1, worker)


def test_killed_provider_is_made_good_by_create(home: Path, said: Any, python: Python, until: Until) -> None:
    """When the provider died before state knew the job, the next create finds it by its folder; nothing runs twice."""
    given = inputs(home, python(WAITS))
    thread, _ = create_in_thread(said, given)
    until(lambda: "step 1" in said.statuses)
    said.cancelled.set()
    thread.join(30)
    said.cancelled.clear()
    (home / "job" / "go").touch()
    assert Job().create(said.context(), given).state.attempts == 1
    assert Job().create(said.context(), given).state.attempts == 1, "a finished result is taken as it is"


def test_custom_timeout_leaves_the_job_running(home: Path, said: Any, python: Python) -> None:
    """The time that an operation may take is not the time that the job may take."""
    given = inputs(home, python(WAITS))
    with pytest.raises(
        PartialFailure, match=r"not finished within the 0.3 seconds of customTimeouts"
    ) as caught:
        Job().create(said.context(timeout=0.3), given)
    assert caught.value.state.status == "running"
    Job().delete(said.context(), caught.value.id, caught.value.state)
    assert tree.members(caught.value.state.instance) == []


def test_killed_supervisor_is_lost_and_runs_again(
    home: Path, said: Any, python: Python, until: Until, kill: Callable[[int], None]
) -> None:
    """A job whose supervisor was killed is lost, not running; the next up ends the orphan and runs the job again."""
    given = inputs(home, python(WAITS))
    thread, ended = create_in_thread(said, given)
    until(lambda: "step 1" in said.statuses)
    orphan = record(home).worker
    kill(record(home).supervisor)
    thread.join(30)
    (failure,) = ended
    assert isinstance(failure, PartialFailure)
    assert failure.reasons[0].startswith("the job's supervisor was killed; `pulumi up` runs it again")
    seen = Job().read(said.context(), failure.id, failure.state)
    assert seen
    assert seen.status == "lost"

    (home / "job" / "go").touch()
    state = Job().update(said.context(), failure.id, seen, given)
    assert (state.status, state.attempts) == ("succeeded", 2)
    assert not tree.is_member(orphan, state.instance)


def test_killed_worker_is_retried(
    home: Path, said: Any, python: Python, until: Until, kill: Callable[[int], None]
) -> None:
    """A program that is killed counts as a failed attempt, and the supervisor makes the next one."""
    given = inputs(home, python(WAITS), retries=1)
    thread, ended = create_in_thread(said, given)
    until(lambda: "step 1" in said.statuses)
    kill(record(home).worker)
    until(lambda: record(home).attempts == 2)
    (home / "job" / "go").touch()
    thread.join(30)
    (made,) = ended
    assert isinstance(made, Created)
    assert made.state.attempts == 2


def test_delete_ends_everything(
    home: Path, said: Any, python: Python, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A running job goes with its processes and its folder, one deaf to SIGTERM too; a second delete is nothing."""
    stubborn = "from signal import *; import time; signal(SIGTERM, SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    monkeypatch.setattr("providers.localhost.job.GRACE", 0.2)
    thread, ended = create_in_thread(said, inputs(home, python(stubborn)))
    until(lambda: "deaf" in said.statuses)
    said.cancelled.set()
    thread.join(30)
    (failure,) = ended
    assert isinstance(failure, PartialFailure)
    Job().delete(said.context(), failure.id, failure.state)
    assert not (home / "job").exists()
    assert tree.members(failure.state.instance) == []
    Job().delete(said.context(), failure.id, failure.state)


def test_read_knows_its_own(home: Path, said: Any, python: Python) -> None:
    """A job is found by its id, for an import too; a folder that is gone or another's is none."""
    given = inputs(home, python("pass"), triggers={"data": "v1"})
    made = Job().create(said.context(), given)
    assert Job().read(said.context(), made.id, made.state) == made.state
    assert Job().read(said.context(), made.id, None) == made.state
    stranger = made.state.model_copy(update={"instance": "other"})
    assert Job().read(said.context(), made.id, stranger) is None
    assert Job().read(said.context(), str(home / "nowhere"), None) is None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"command": ["no-such-program"]}, r"command: there is no program 'no-such-program' on PATH"),
        ({"command": ["./absent.sh"]}, r"command: there is no program './absent.sh'; install it"),
        ({"workdir": "/no/such/folder"}, "workdir: there is no folder /no/such/folder"),
    ],
)
def test_what_can_not_run_is_refused_before_anything_is_made(
    home: Path, said: Any, python: Python, given: dict[str, Any], reason: str
) -> None:
    """A missing program or folder is told at once, and leaves nothing on the disk."""
    with pytest.raises(ProviderError, match=reason):
        Job().create(said.context(), inputs(home, **{"command": python("pass"), **given}))
    assert list(home.iterdir()) == []


def test_the_environment_is_the_user_s(
    home: Path, said: Any, python: Python, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job sees what was given and what is inherited, and nothing of the engine's."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "hunter2")
    monkeypatch.setenv("INHERITED", "yes")
    code = "import json, os; json.dump(dict(os.environ), open(os.environ['CAUSEWAY_RESULT'], 'w'))"
    made = Job().create(said.context(), inputs(home, python(code), environment={"MINE": "1"}))
    seen = made.state.result
    assert (seen["MINE"], seen["INHERITED"]) == ("1", "yes")
    assert not [name for name in seen if name.startswith("PULUMI_")]


def test_inputs_are_told_all_mistakes() -> None:
    """Relative folders, impossible names and empty commands are no inputs."""
    with pytest.raises(ValueError, match="3 validation errors"):
        JobInputs(command=[""], directory="here", environment={"A=B": "x"})
    assert JobInputs(command=["a"], directory="/a/../b/").directory == "/b"
