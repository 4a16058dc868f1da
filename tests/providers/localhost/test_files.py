"""Private files and locks."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from providers.base.errors import ProviderError
from providers.localhost.process import files

HOLDER = """
import sys
from pathlib import Path
from providers.localhost.process import files
with files.locked(Path(sys.argv[1]), 5):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_written_whole_and_private(tmp_path: Path) -> None:
    """A file is readable by its owner only, replaced in one step, and no draft stays."""
    path = tmp_path / "spec.json"
    files.write(path, "one")
    files.write(path, "two")
    assert files.read(path) == "two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_can_not_be_written_is_told_by_its_path(tmp_path: Path) -> None:
    """A disk that gives no room, or a folder that is none: one sentence, and no draft beside it."""
    (tmp_path / "file").touch()
    with pytest.raises(ProviderError, match=r"file/spec.json can't be written: Not a directory"):
        files.write(tmp_path / "file" / "spec.json", "one")
    program = f"""
import resource
from pathlib import Path
from providers.base.errors import ProviderError
from providers.localhost.process import files
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
try:
    files.write(Path({str(tmp_path)!r}) / "spec.json", "x" * 100)
except ProviderError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == f"{tmp_path}/spec.json can't be written: File too large\n"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_absent_file_is_none(tmp_path: Path) -> None:
    """There is nothing to read in a folder that isn't there."""
    assert files.read(tmp_path / "gone" / "spec.json") is None


def test_lock_ends_with_its_process(tmp_path: Path) -> None:
    """A lock keeps others out as long as its process lives, and not a moment longer, however it ended."""
    path = tmp_path / "lock"
    assert not files.is_locked(path), "no file, no lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        assert files.is_locked(path)
        assert files.is_locked(path), "looking doesn't change what is seen"
        with (
            pytest.raises(files.LockedError, match=r"still held by another process"),
            files.locked(path, 0.1),
        ):
            pass
        holder.kill()
    assert not files.is_locked(path)
    with files.locked(path, 0.1):
        assert files.is_locked(path)
