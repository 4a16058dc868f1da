"""The server as a process: start from a folder or the encrypted store, streams under SIGTERM, many streams."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from workloads.serve.__main__ import main
from workloads.serve.load import Target, closed_loop, summary
from workloads.store import KeyRing, Store

SERVE = "import sys\nfrom workloads.serve.__main__ import main\nsys.exit(main())\n"
"""What `python -m workloads.serve` does."""


def paced(seconds: float) -> str:
    """Give the program of a server whose model takes so long for a step, however many streams it steps."""
    return (
        "import os, sys, time\n"
        "from benchmarks.serve.zero import words\n"
        "from workloads.serve.batch import Constant\n"
        "from workloads.serve.server import serve\n"
        "from workloads.serve.settings import from_environment\n"
        "class Slow(Constant):\n"
        "    def run(self, slices):\n"
        f"        time.sleep({seconds})\n"
        "        return super().run(slices)\n"
        "sys.exit(serve(from_environment(os.environ), Slow(70), words(), 256))\n"
    )


def ask(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """Post to the completions route."""
    request = urllib.request.Request(f"{url}/v1/completions", json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=30) as reply:
        found: dict[str, Any] = json.load(reply)
    return found


def test_sigterm_under_64_streams_cuts_none(process: Any, folder: Path) -> None:
    """All 64 running streams end whole, late requests are refused by 503 or a closed port, and the exit code is 0."""
    with process(SERVE, {"CAUSEWAY_MODEL": str(folder)}) as (running, url):
        body = {"prompt": "def ", "max_tokens": 100, "stream": True, "ignore_eos": True, "temperature": 1.0}

        async def drive() -> tuple[list[Any], list[Any]]:
            streams = asyncio.ensure_future(closed_loop(Target(url, lambda _: body), clients=64, requests=64))
            await asyncio.sleep(0.4)
            os.kill(running.pid, signal.SIGTERM)
            await asyncio.sleep(0.1)
            late = await closed_loop(Target(url, lambda _: body), clients=1, requests=1)
            return await streams, late

        streams, late = asyncio.run(drive())
        told = summary(streams, 1.0)
        assert told["truncated"] == 0
        assert told["statuses"] == {"200": 64}
        assert {one.events for one in streams} <= set(range(1, 101))
        assert [one.code for one in late] in (["draining"], ["ConnectionRefusedError"])
        running.join(20)
        assert running.exitcode == 0


def test_a_drain_over_its_time_says_so(process: Any, folder: Path) -> None:
    """A second signal ends at once; a stream that cannot finish is cut and the exit code is 1."""
    config = json.dumps({"drain_seconds": 1, "request_seconds": 60})
    with process(paced(0.1), {"CAUSEWAY_MODEL": str(folder), "CAUSEWAY_CONFIG": config}) as (
        running,
        url,
    ):
        body = {"prompt": "a", "max_tokens": 500, "stream": True}

        async def drive() -> list[Any]:
            streams = asyncio.ensure_future(closed_loop(Target(url, lambda _: body), clients=2, requests=2))
            await asyncio.sleep(0.5)
            os.kill(running.pid, signal.SIGTERM)
            return await streams

        assert [one.whole for one in asyncio.run(drive())] == [False, False]
        running.join(20)
        assert running.exitcode == 1


def test_many_streams_end_whole_or_429(process: Any, folder: Path) -> None:
    """400 streams at once on a server with room for 128: each is whole or told to come again, none breaks."""
    config = json.dumps({"max_running": 64, "max_queue": 64})
    with process(paced(0.02), {"CAUSEWAY_MODEL": str(folder), "CAUSEWAY_CONFIG": config}) as (_, url):
        body = {"prompt": "a", "max_tokens": 32, "stream": True}
        outcomes = asyncio.run(closed_loop(Target(url, lambda _: body), clients=400, requests=800))
        told = Counter((one.status, one.whole) for one in outcomes)
        assert set(told) == {(200, True), (429, True)}
        assert told[200, True] >= 128
        assert all(one.retry_after == "1" for one in outcomes if one.status == 429)
        page = urllib.request.urlopen(f"{url}/metrics", timeout=10).read().decode()
        assert (
            f'request_success_total{{finished_reason="length",model_name="model"}} {told[200, True]}.0'
            in page
        )


def test_the_model_comes_out_of_the_encrypted_store(process: Any, folder: Path, tmp_path: Path) -> None:
    """Served from a sealed bucket the answer is the folder's, and no weight lies in the clear on the disk."""
    store = Store.create(f"file://{tmp_path}/bucket", KeyRing.create(tmp_path / "keys"))
    for file in folder.iterdir():
        store.upload(file, f"runs/one/export/{file.name}")
    scratch = tmp_path / "scratch"
    scratch.mkdir(mode=0o700)
    environment = {
        "CAUSEWAY_STORE_URL": store.url,
        "CAUSEWAY_KEY_RING": str(tmp_path / "keys"),
        "CAUSEWAY_MODEL": "runs/one/export",
        "CAUSEWAY_SCRATCH": str(scratch),
    }
    body = {"prompt": "import ", "max_tokens": 20, "temperature": 0}
    with process(SERVE, environment) as (_, url):
        sealed = ask(url, body)["choices"]
        weights = (folder / "model.safetensors").read_bytes()[4096:4160]
        assert not any(weights in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
        assert list(scratch.iterdir()) == []
    with process(SERVE, {"CAUSEWAY_MODEL": str(folder)}) as (_, url):
        assert ask(url, body)["choices"] == sealed


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, "CAUSEWAY_MODEL is not set"),
        ({"CAUSEWAY_MODEL": "/nowhere"}, "/nowhere: no config.json there"),
        ({"CAUSEWAY_MODEL": "x", "CAUSEWAY_STORE_URL": "file:///nowhere"}, "/nowhere"),
        ({"CAUSEWAY_MODEL": "x", "CAUSEWAY_CONFIG": '{"drain_second": 1}'}, "did you mean drain_seconds?"),
        ({"CAUSEWAY_MODEL": "x", "CAUSEWAY_CONFIG": "["}, "CAUSEWAY_CONFIG is not JSON"),
        ({"CAUSEWAY_MODEL": "x", "PORT": "http"}, "PORT is 'http'"),
    ],
)
def test_a_wrong_environment_is_one_clear_error(
    environment: dict[str, str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The program's code is 2, and it says one thing."""
    for name in [name for name in os.environ if name.startswith("CAUSEWAY_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main() == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert told in said


def test_the_program_ends_with_its_code_and_no_traceback() -> None:
    """A mistake in the environment of the real process."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CAUSEWAY_")}
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-m", "workloads.serve"]
    run = subprocess.run(command, cwd=root, env=kept, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 2
    assert run.stderr.startswith("error: CAUSEWAY_MODEL is not set")
    assert "Traceback" not in run.stderr
