"""Jobs through the real engine and the real plugin process."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pulumi
import pytest

from providers.localhost import sdk

pytestmark = pytest.mark.engine

Until = Callable[[Callable[[], object]], None]

WRITES_RESULT = (
    "import json, os, pathlib; pathlib.Path(os.environ['CAUSEWAY_RESULT']).write_text("
    "json.dumps({'loss': 1.5, 'exitCode': 'not ours', 'seen': os.environ.get('UPSTREAM', '')}))"
)
FAILS_ONCE = (
    "import os, pathlib; p = pathlib.Path('seen'); again = p.exists(); p.touch();"
    "print('token', os.environ['TOKEN']); raise SystemExit(0 if again else 3)"
)
WAITS = "import pathlib, time\nprint('step 1', flush=True)\nwhile not pathlib.Path('go').exists(): time.sleep(0.05)"


def job(name: str, directory: Path, code: str, **given: Any) -> sdk.Job:
    """Declare a job and export what it says."""
    command = [sys.executable, "-S", "-c", code]
    made = sdk.Job(name, sdk.JobArgs(directory=str(directory), command=command, **given))
    pulumi.export(name, {"status": made.status, "attempts": made.attempts, "result": made.result})
    return made


def test_life(attached_stack: Any, tmp_path: Path) -> None:
    """A job runs on the first up, rests on the second, runs anew when its command changes, and leaves nothing."""

    def declare(code: str) -> None:
        one = job("one", tmp_path / "jobs/one", code)
        job("two", tmp_path / "jobs/two", WRITES_RESULT, environment={"UPSTREAM": one.status})

    attached_stack.run("preview", lambda: declare(WRITES_RESULT))
    assert "+ 3 to create" in attached_stack.output
    assert not (tmp_path / "jobs").exists(), "a preview makes nothing"

    attached_stack.run("up")
    outputs = attached_stack.outputs()
    result = {"loss": 1.5, "exitCode": "not ours", "seen": ""}
    assert outputs["one"] == {"status": "succeeded", "attempts": 1, "result": result}
    assert outputs["two"]["result"]["seen"] == "succeeded", "unknown in preview, known in up"

    attached_stack.run("up", expect_no_changes=True)
    attached_stack.run("up", lambda: declare(WRITES_RESULT + "  # changed"))
    assert "localhost:index:Job one deleted original" in attached_stack.output, (
        "the folder is free before it is used again"
    )
    assert "+-2 replaced" in attached_stack.output, "what depends on it runs anew, too"

    attached_stack.run("destroy")
    assert list((tmp_path / "jobs").iterdir()) == []


def test_a_failure_is_kept_told_and_mended_by_the_next_up(attached_stack: Any, tmp_path: Path) -> None:
    """A failed job stays in state with its reason; its secrets show nowhere; the next up runs it again."""

    def program() -> None:
        job(
            "one",
            tmp_path / "job",
            FAILS_ONCE,
            environment={"TOKEN": pulumi.Output.secret("hunter2-hunter2")},
        )

    told = attached_stack.fails("up", program)
    assert "the job failed: exit code 3 (1 attempt)" in told
    assert f"last lines of {tmp_path}/job/output.log:" in told
    assert "token [secret]" in told
    (state,) = attached_stack.resources("localhost:index:Job")
    assert state["outputs"]["status"] == "failed"
    assert state["initErrors"]

    attached_stack.run("up")
    assert attached_stack.outputs()["one"]["attempts"] == 2
    assert "hunter2" not in attached_stack.state(), "neither in state nor in any history or backup"
    assert "hunter2" not in told


def test_mistakes_are_told_in_the_preview(attached_stack: Any) -> None:
    """Wrong inputs stop a preview, all of them at once."""

    def program() -> None:
        job("one", Path("here"), "pass", retries=-1, environment={"A=B": "x"})

    told = attached_stack.fails("preview", program)
    assert "'here' is a relative path; give an absolute one" in told
    assert "no names for environment variables: 'A=B'" in told
    assert (
        "retries value {-1} has a problem: -1 can't be used: input should be greater than or equal to 0"
        in told
    )


def engine(live_stack: Any) -> psutil.Process:
    """Give the engine's process of the running command."""
    work = live_stack.stack.workspace.work_dir
    return next(
        process
        for process in psutil.Process().children(recursive=True)
        if process.name() == "pulumi" and process.cwd() == work
    )


def interrupt(live_stack: Any) -> None:
    """Press Ctrl-C."""
    engine(live_stack).send_signal(signal.SIGINT)


def kill_provider(live_stack: Any) -> None:
    """Kill the provider as hard as can be."""
    providers = [one for one in engine(live_stack).children() if "providers.localhost" in one.cmdline()]
    assert len(providers) == 1
    providers[0].kill()


@pytest.mark.parametrize(
    ("act", "kept"), [(interrupt, True), (kill_provider, False)], ids=["interrupted", "provider killed"]
)
def test_a_cut_off_up_is_taken_up_again(
    live_stack: Any, tmp_path: Path, until: Until, act: Callable[[Any], None], kept: bool
) -> None:
    """Whatever cuts off an up, the job goes on, and the next up takes its result without running it twice."""

    def program() -> None:
        job("one", tmp_path / "job", WAITS)

    told: list[str] = []
    up = threading.Thread(target=lambda: told.append(live_stack.fails("up", program)))
    up.start()
    log = tmp_path / "job/output.log"
    until(lambda: log.exists() and "step 1" in log.read_text())
    act(live_stack)
    up.join(60)
    assert told
    assert [one["id"] for one in live_stack.resources("localhost:index:Job")] == [
        str(tmp_path / "job")
    ] * kept
    assert ("the job goes on in the background" in told[0]) == kept

    (tmp_path / "job/go").touch()
    live_stack.run("up")
    assert live_stack.outputs()["one"] == {"status": "succeeded", "attempts": 1, "result": {}}
    assert log.read_text().count("step 1") == 1


def test_the_package_describes_itself(live_stack: Any) -> None:
    """`pulumi package get-schema` gives every type with a description under every property."""
    import json
    import os

    from infra.paths import project

    plugin = project() / "providers/localhost/pulumi-resource-localhost"
    command = ["pulumi", "package", "get-schema", str(plugin)]
    shown = subprocess.run(
        command, env={**os.environ, **live_stack.env}, capture_output=True, text=True, check=True, timeout=60
    )
    schema = json.loads(shown.stdout)
    assert sorted(schema["resources"]) == [
        f"localhost:index:{name}" for name in ("Bucket", "Job", "KeyRing", "Service")
    ]
    for name, resource in schema["resources"].items():
        for prop, described in resource["properties"].items():
            assert described.get("description"), f"{name}.{prop}"
