"""How fast the sealed store moves bytes, beside plain files and the bare cipher.

    python -m benchmarks.store.throughput --mib 256 --rounds 5 --folder /data --out store.json

Each round runs every case once, in turn, so that noise of the machine meets all alike; the figures are medians.
"""

import argparse
import io
import json
import os
import resource
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from workloads.store import KeyRing, Store

CHUNK = 1 << 20
Case = Callable[[], object]


class Nowhere(io.RawIOBase):
    """Takes all bytes and keeps none."""

    def writable(self) -> bool:
        return True

    def write(self, data: "memoryview | bytes") -> int:  # type: ignore[override]  # narrower than Buffer
        return len(data)


def write_plain(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        for start in range(0, len(data), CHUNK):
            file.write(data[start : start + CHUNK])
        file.flush()
        os.fsync(file.fileno())


def drain(stream: BinaryIO) -> None:
    with stream:
        while stream.read(CHUNK):
            pass


def encrypt_only(ring: KeyRing, data: bytes) -> None:
    _, cipher = ring.sealing_key()
    with cipher.new_encrypting_stream(Nowhere(), b"") as stream:
        for start in range(0, len(data), CHUNK - 16):
            stream.write(data[start : start + CHUNK - 16])


def cases(folder: Path, data: bytes) -> dict[str, Case]:
    ring = KeyRing.create(folder / "ring")
    sealed = Store.create((folder / "sealed").as_uri(), ring)
    plain = Store.create((folder / "plain").as_uri())
    return {
        "cipher alone, encrypt": lambda: encrypt_only(ring, data),
        "plain file, write + fsync": lambda: write_plain(folder / "file", data),
        "plain bucket, put": lambda: plain.put("x", data),
        "sealed bucket, put": lambda: sealed.put("x", data),
        "plain file, read": lambda: drain((folder / "file").open("rb")),
        "plain bucket, read": lambda: drain(plain.reader("x")),
        "sealed bucket, read": lambda: drain(sealed.reader("x")),
        "sealed bucket, get": lambda: sealed.get("x"),
        "sealed bucket, download": lambda: sealed.download("x", folder / "out"),
    }


def measure(chosen: dict[str, Case], rounds: int) -> dict[str, list[float]]:
    seconds = defaultdict(list)
    for _ in range(rounds):
        for name, case in chosen.items():
            start = time.perf_counter()
            case()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def report(mib: int, seconds: dict[str, list[float]], load: float) -> dict[str, Any]:
    rates = {name: sorted(mib * 1.048576 / value for value in taken) for name, taken in seconds.items()}
    return {
        "mib": mib,
        "cpus": os.cpu_count(),
        "kernel": os.uname().release,
        "load": [load, os.getloadavg()[0]],
        "peakMemoryMB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        "MBps": {
            name: {"median": statistics.median(values), "least": values[0], "most": values[-1]}
            for name, values in rates.items()
        },
    }


def show(found: dict[str, Any]) -> None:
    print(f"{found['mib']} MiB on {found['cpus']} CPUs, Linux {found['kernel']}")
    print(
        "load {:.1f} before, {:.1f} after".format(*found["load"]),
        f"peak memory {found['peakMemoryMB']:.0f} MB",
        sep="; ",
    )
    for name, rate in found["MBps"].items():
        print(f"{name:28} {rate['median']:7.0f} MB/s   ({rate['least']:.0f} to {rate['most']:.0f})")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--mib", type=int, default=256)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--folder", help="on the disk to measure; default the system's temporary folder")
    options.add_argument("--out", type=Path, help="write the figures as JSON")
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(dir=chosen.folder))
    load = os.getloadavg()[0]
    try:
        seconds = measure(cases(folder, os.urandom(chosen.mib << 20)), chosen.rounds)
    finally:
        shutil.rmtree(folder)
    found = report(chosen.mib, seconds, load)
    show(found)
    if chosen.out:
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        chosen.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
