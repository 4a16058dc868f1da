"""The server's own time and its limits, over HTTP on this machine, with a model that costs nothing.

    python -m benchmarks.serve.overhead --out benchmarks/serve/results/overhead.json

Three questions: what a request costs at 500 a second; the highest rate that is held; what becomes of 2,000 streams.
A bare application on the same web server is measured in turn with ours, so that what the machine does to both shows.
Clock times on a shared machine are the machine's as much as ours: each run notes how many cores others kept busy.
Processor time per request is steadier. `nice -n -10` before the command keeps most of the others' work off it.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import psutil
import uvloop

from workloads.serve.load import Outcome, Target, closed_loop, open_loop, summary

ZERO, BARE = "benchmarks.serve.zero", "benchmarks.serve.bare"
PORTS = {ZERO: 8471, BARE: 8472}
Runs = list[dict[str, Any]]


@contextmanager
def server(program: str, max_running: int = 256) -> Iterator[psutil.Process]:
    environment = {**os.environ, "PORT": str(PORTS[program]), "MAX_RUNNING": str(max_running)}
    running = subprocess.Popen([sys.executable, "-m", program], env=environment)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORTS[program]}/health", timeout=2).close()
                break
            except OSError:
                time.sleep(0.1)
        yield psutil.Process(running.pid)
    finally:
        running.terminate()
        running.wait(30)


def target(tokens: int, *, stream: bool, program: str = ZERO) -> Target:
    body = {"prompt": "Once upon a time", "max_tokens": tokens, "stream": stream}
    return Target(f"http://127.0.0.1:{PORTS[program]}", lambda _: body)


def measured(
    process: psutil.Process, load: Callable[[], Coroutine[Any, Any, list[Outcome]]]
) -> dict[str, Any]:
    """Run a load; beside the clock's times note the processor's: the server's, the load's own and everyone else's."""
    before, ours, machine = process.cpu_times(), time.process_time(), psutil.cpu_times()
    began = time.perf_counter()
    outcomes = uvloop.run(load())
    seconds = time.perf_counter() - began
    after, mine, whole = process.cpu_times(), time.process_time() - ours, psutil.cpu_times()
    used = after.user + after.system - before.user - before.system
    busy = sum(whole) - whole.idle - whole.iowait - (sum(machine) - machine.idle - machine.iowait)
    found = summary(outcomes, seconds)
    found["server_cpu_ms_per_request"] = round(used / len(outcomes) * 1e3, 3)
    found["client_cpu_ms_per_request"] = round(mine / len(outcomes) * 1e3, 3)
    found["cores_busy_with_others"] = round((busy - used - mine) / seconds, 2)
    return found


def gist(runs: Runs) -> dict[str, Any]:
    """Medians over the rounds, each round's main figures, and the round that others disturbed least."""
    return {
        "median_p50_ms": median(run["total_ms"]["p50"] for run in runs),
        "median_p99_ms": median(run["total_ms"]["p99"] for run in runs),
        "median_server_cpu_ms_per_request": median(run["server_cpu_ms_per_request"] for run in runs),
        "p50_ms": [run["total_ms"]["p50"] for run in runs],
        "p99_ms": [run["total_ms"]["p99"] for run in runs],
        "server_cpu_ms_per_request": [run["server_cpu_ms_per_request"] for run in runs],
        "cores_busy_with_others": [run["cores_busy_with_others"] for run in runs],
        "quietest_round": min(runs, key=lambda run: run["cores_busy_with_others"]),
    }


def at_rate(rounds: int, rate: float, seconds: float) -> dict[str, Runs]:
    """Open loops against the bare application and against ours, in turn."""
    cases = {
        f"{rate:g}/s, bare application": target(1, stream=False, program=BARE),
        f"{rate:g}/s, 1 token": target(1, stream=False),
        f"{rate:g}/s, 16 tokens streamed": target(16, stream=True),
    }
    found: dict[str, Runs] = {name: [] for name in cases}
    with server(ZERO) as ours, server(BARE) as bare:
        for one in cases.values():
            uvloop.run(closed_loop(one, 4, 400))  # warm
        for _ in range(rounds):
            for name, one in cases.items():
                process = bare if "bare" in name else ours
                found[name].append(measured(process, lambda one=one: open_loop(one, rate, seconds)))  # type: ignore[misc]  # a default binds the loop's value
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--out", type=Path, default=Path("overhead.json"))
    given = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    versions = {name: version(name) for name in ("uvicorn", "uvloop", "httptools", "starlette")}
    results: dict[str, Any] = {
        "machine": {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "load": os.getloadavg(),
            "nice": os.nice(0),
            **versions,
        }
    }

    def note(key: str, value: Any) -> None:
        results[key] = value
        given.out.write_text(json.dumps(results, indent=1) + "\n")
        print(key, json.dumps(value), flush=True)

    for name, runs in at_rate(given.rounds, 500, given.seconds).items():
        note(name, gist(runs))
    with server(ZERO) as process:
        uvloop.run(closed_loop(target(1, stream=False), 4, 400))
        runs = [
            measured(process, lambda: closed_loop(target(1, stream=False), 16, 4000))
            for _ in range(given.rounds)
        ]
        best = max(runs, key=lambda run: run["per_second"])
        note(
            "highest rate, 16 clients, 1 token",
            {"per_second": [run["per_second"] for run in runs], "best": best},
        )
    for most in (2048, 256):
        with server(ZERO, most) as process:
            streams = measured(process, lambda: closed_loop(target(64, stream=True), 2000, 4000))
            note(f"2000 streams of 64 tokens, {most} running", streams)


if __name__ == "__main__":
    main()
