"""Operators look into a bucket by the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workloads.store import KeyRing, Store
from workloads.store.__main__ import main

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _no_ring_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAUSEWAY_KEY_RING", raising=False)


def call(store: Store, ring: KeyRing, command: str, *words: str) -> int:
    """Run one command on the bucket."""
    return main([command, store.url, *words, "--key-ring", str(ring.path)])


def test_files_go_in_and_out(store: Store, ring: KeyRing, tmp_path: Path, capsys: Printed) -> None:
    """Put, ls and get carry a file; ls tells time, size and name."""
    (tmp_path / "in").write_bytes(b"x" * 1500)
    assert call(store, ring, "put", "data/x", str(tmp_path / "in")) == 0
    assert call(store, ring, "get", "data/x", str(tmp_path / "out")) == 0
    assert (tmp_path / "out").read_bytes() == b"x" * 1500
    capsys.readouterr()
    assert call(store, ring, "ls", "data/") == 0
    assert capsys.readouterr().out.split()[:3] == ["data/x", "1.5", "kB"]


def test_json_has_one_object_a_line(store: Store, ring: KeyRing, capsys: Printed) -> None:
    """With --json a listing is read by a program."""
    store.put("a", b"123")
    store.put("b", b"")
    assert call(store, ring, "ls", "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["key"], row["size"]) for row in rows] == [("a", 3), ("b", 0)]
    assert rows[0]["modified"].endswith("+00:00")


def test_the_ring_comes_from_the_environment_and_content_goes_through_pipes(
    store: Store, ring: KeyRing
) -> None:
    """As a workload's shell would run it: put from the standard input, cat to the standard output."""
    environment = os.environ | {"CAUSEWAY_KEY_RING": str(ring.path)}
    tool = [sys.executable, "-m", "workloads.store"]
    content = bytes(range(256)) * 100
    done = subprocess.run(
        [*tool, "put", store.url, "a", "-"],
        input=content,
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    done = subprocess.run(
        [*tool, "cat", store.url, "a"], env=environment, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, content, b"")


def test_versions_are_listed_and_fetched(tmp_path: Path, ring: KeyRing, capsys: Printed) -> None:
    """An operator finds a version and gets its content; rm keeps one more."""
    store = Store.create((tmp_path / "versioned").as_uri(), ring, versioning=True)
    store.put("a", b"1")
    store.put("a", b"2")
    assert call(store, ring, "rm", "a") == 0
    assert call(store, ring, "versions", "a", "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()[1:]]
    assert call(store, ring, "get", "a", str(tmp_path / "out"), "--version", rows[-1]["version"]) == 0
    assert (tmp_path / "out").read_bytes() == b"1"


def test_check_finds_the_damaged_object(store: Store, ring: KeyRing, tmp_path: Path, capsys: Printed) -> None:
    """A check reads all; it ends with exit code 1 at the object that does not open."""
    store.put("a", b"1")
    store.put("b", b"2")
    assert call(store, ring, "check") == 0
    (tmp_path / "bucket" / "b").write_bytes((tmp_path / "bucket" / "a").read_bytes())
    assert call(store, ring, "check") == 1
    assert "store: b: the bytes do not open" in capsys.readouterr().err


def test_a_sweep_tells_what_it_removed(store: Store, ring: KeyRing, capsys: Printed) -> None:
    """The figures of a sweep are printed."""
    assert call(store, ring, "sweep") == 0
    assert capsys.readouterr().out == "expired 0  versions 0  abandoned 0\n"


def test_an_error_is_one_line(store: Store, capsys: Printed) -> None:
    """A bucket without its ring is told in one line on the standard error, without a trace."""
    assert main(["ls", store.url]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("store: file:///")
    assert printed.err.count("\n") == 1
