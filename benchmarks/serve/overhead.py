"""The server's own time and its limits, over HTTP on this machine, with a model that costs nothing.

    python -m benchmarks.serve.overhead --out benchmarks/serve/results/overhead.json

Three questions: what a request costs at 500 a second; the highest rate that is held; what becomes of 2,000 streams.
The load of the machine is written down with the figures: on a shared machine the spread is the machine's.
"""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from workloads.serve.load import Target, closed_loop, open_loop, summary

PORT = 8471
URL = f"http://127.0.0.1:{PORT}"


@contextmanager
def server(max_running: int) -> Iterator[psutil.Process]:
    environment = {**os.environ, "PORT": str(PORT), "MAX_RUNNING": str(max_running)}
    running = subprocess.Popen([sys.executable, "-m", "benchmarks.serve.zero"], env=environment)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{URL}/health", timeout=2).close()  # noqa: S310 - our own server
                break
            except OSError:
                time.sleep(0.1)
        yield psutil.Process(running.pid)
    finally:
        running.terminate()
        running.wait(30)


def target(tokens: int, *, stream: bool) -> Target:
    return Target(URL, lambda _: {"prompt": "Once upon a time", "max_tokens": tokens, "stream": stream})


def at_rate(
    process: psutil.Process, rate: float, seconds: float, tokens: int, *, stream: bool
) -> dict[str, Any]:
    """One open loop; the server's processor time per request is counted beside the clock's."""
    before, began = process.cpu_times(), time.perf_counter()
    psutil.cpu_percent()  # begin to count
    found = summary(asyncio.run(open_loop(target(tokens, stream=stream), rate, seconds)), seconds)
    after = process.cpu_times()
    used = after.user + after.system - before.user - before.system
    found["server_cpu_ms_per_request"] = round(used / (rate * seconds) * 1e3, 3)
    found["server_cores"] = round(used / (time.perf_counter() - began), 2)
    found["machine_busy_percent"] = psutil.cpu_percent()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--out", type=Path, default=Path("overhead.json"))
    given = parser.parse_args()
    results: dict[str, Any] = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()}
    }

    def note(key: str, value: Any) -> None:
        results[key] = value
        given.out.write_text(json.dumps(results, indent=1) + "\n")
        print(key, json.dumps(value), flush=True)

    with server(256) as process:
        asyncio.run(closed_loop(target(1, stream=False), 4, 400))  # warm
        for name, tokens, stream in (("500/s, 1 token", 1, False), ("500/s, 16 tokens streamed", 16, True)):
            runs = [at_rate(process, 500, given.seconds, tokens, stream=stream) for _ in range(given.rounds)]
            best = min(runs, key=lambda run: run["total_ms"]["p99"])
            middle = median(run["total_ms"]["p50"] for run in runs)
            note(
                name,
                {
                    "median_p50_ms": middle,
                    "quietest_round": best,
                    "p99_ms": [r["total_ms"]["p99"] for r in runs],
                },
            )
        began = time.perf_counter()
        outcomes = asyncio.run(closed_loop(target(1, stream=False), 16, 4000))
        note("highest rate, 16 clients, 1 token", summary(outcomes, time.perf_counter() - began))
    for most in (2048, 256):
        with server(most):
            began = time.perf_counter()
            outcomes = asyncio.run(closed_loop(target(64, stream=True), 2000, 4000))
            note(f"2000 streams of 64 tokens, {most} running", summary(outcomes, time.perf_counter() - began))


if __name__ == "__main__":
    main()
