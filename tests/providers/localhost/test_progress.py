"""The passing line beside a job."""

from pathlib import Path
from typing import Any

from providers.localhost.process.folder import Folder
from providers.localhost.progress import Progress, newest


def test_the_newest_line_is_shown_as_text(tmp_path: Path) -> None:
    """Of colours, progress bars, empty lines and our own marks only the newest words are left, cut to the width."""
    folder = Folder(tmp_path)
    assert newest(folder) == ""
    folder.log.write_bytes(b"-- start 1, now\n\x1b[32mstep 1\x1b[0m\n 10%\r 50%\r\n\n")
    assert newest(folder) == "50%"
    folder.log.write_text("x" * 500)
    assert newest(folder) == "x" * 100


def test_a_line_is_shown_once_and_not_too_often(tmp_path: Path, said: Any) -> None:
    """Two lines within a second show the first; nothing is said twice."""
    folder = Folder(tmp_path)
    folder.log.write_text("step 1\n")
    progress = Progress(said.context(), folder)
    progress.tell()
    folder.log.write_text("step 2\n")
    progress.tell()
    assert said.statuses == ["step 1"]
