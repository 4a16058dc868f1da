"""Logs: rotated by size, read from the end."""

import os
import stat
from pathlib import Path

from providers.localhost.process import log


def test_rotation_keeps_the_newest(tmp_path: Path) -> None:
    """A full file makes room; the oldest beyond the kept number goes, no line is lost in between."""
    path = tmp_path / "output.log"
    writer = log.RotatingLog(path, largest=20)
    for number in range(12):
        writer.write(f"line {number:03}\n".encode())
    writer.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "output.log",
        "output.log.1",
        "output.log.2",
        "output.log.3",
    ]
    assert log.tail(path, 3) == ["line 009", "line 010", "line 011"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_full_disk_takes_the_lines_and_not_the_program() -> None:
    """A program goes on to write, far beyond what a pipe holds, where none of it can be kept."""
    reader, writer = os.pipe()
    pump = log.Pump(reader, log.RotatingLog(Path("/dev/full")))
    pump.start()
    with os.fdopen(writer, "wb") as program:
        program.write(b"line\n" * 100_000)
    pump.join(60)
    assert not pump.is_alive()


def test_tail_of_nothing(tmp_path: Path) -> None:
    """A program that wrote nothing has an empty tail, and the error says where its log is."""
    assert log.tail(tmp_path / "output.log") == []
    assert log.excerpt(tmp_path / "output.log") == f"it wrote nothing; the log is {tmp_path}/output.log"


def test_excerpt_has_the_last_lines(tmp_path: Path) -> None:
    """Broken text is shown as well as can be, and only the end of it."""
    path = tmp_path / "output.log"
    path.write_bytes(b"".join(b"%d \xff\n" % number for number in range(40)))
    lines = log.excerpt(path).splitlines()
    assert lines[0] == f"last lines of {path}:"
    assert lines[-1] == "  39 \N{REPLACEMENT CHARACTER}"
    assert len(lines) == 16


def test_excerpt_prefers_the_programs_own_error(tmp_path: Path) -> None:
    """What the last run says after `error:` counts, with its indented lines; an earlier run's error doesn't."""
    path = tmp_path / "output.log"
    path.write_text(
        "-- start 1\nerror: a\n-- start 2\nstep 1\nerror: two mistakes:\n  - b\n  - c\nE1122 trace\n"
    )
    assert log.excerpt(path).splitlines() == ["two mistakes:", "  - b", "  - c", f"the whole log: {path}"]
    path.write_text("-- start 1\nerror: a\n-- start 2\nkilled\n")
    assert log.excerpt(path).startswith("last lines of ")


def test_pump_copies_until_the_last_writer_is_gone(tmp_path: Path) -> None:
    """Everything written to the pipe is in the log when the pump has ended."""
    reader, writer = os.pipe()
    output = log.RotatingLog(tmp_path / "output.log")
    pump = log.Pump(reader, output)
    pump.start()
    os.write(writer, b"one\ntwo")
    os.close(writer)
    pump.join(10)
    output.close()
    assert (tmp_path / "output.log").read_bytes() == b"one\ntwo"
