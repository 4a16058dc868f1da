"""The passing lines beside a job."""

from pathlib import Path
from typing import Any

import pytest

from providers.localhost import progress as module
from providers.localhost.process.folder import Folder
from providers.localhost.progress import Progress


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let lines follow each other at once."""
    monkeypatch.setattr(module, "INTERVAL", 0.0)


def say(folder: Folder, text: str) -> None:
    """Write to the log as the supervisor does."""
    with folder.log.open("a") as log:
        log.write(text)


def told(progress: Progress, said: Any, times: int = 30) -> list[str]:
    """Give what is shown when there is time for everything."""
    for _ in range(times):
        progress.tell()
    return list(said.statuses)


@pytest.mark.usefixtures("hurried")
def test_what_is_said_once_is_shown_before_newer_steps(tmp_path: Path, said: Any) -> None:
    """A resume and a passed-over checkpoint are shown in order, though steps followed; of these only the newest."""
    folder = Folder(tmp_path)
    progress = Progress(said.context(), folder)
    say(folder, "checkpoint of step 200 is passed over: 3 bytes\nresumed at step 150 from runs/a\n")
    say(folder, "".join(f"step {n}/400  loss {n / 7:.4f}  1,{n} tokens/s\n" for n in range(151, 190)))
    progress.tell()
    say(folder, "rank 1 lost its peers\nstep 190/400  loss 2.1  1,2 tokens/s\n")
    assert told(progress, said) == [
        "checkpoint of step 200 is passed over: 3 bytes",
        "resumed at step 150 from runs/a",
        "rank 1 lost its peers",
        "step 190/400  loss 2.1  1,2 tokens/s",
    ]


@pytest.mark.usefixtures("hurried")
def test_lines_are_shown_as_text(tmp_path: Path, said: Any) -> None:
    """Colours, empty lines and our own marks are left out, a bar's carriage return ends a line, width is kept."""
    folder = Folder(tmp_path)
    progress = Progress(said.context(), folder)
    say(folder, "-- start 1, now\n\x1b[32mready\x1b[0m\n 10%\r 50%\r\n\n" + "x" * 500 + "\nhalf a li")
    assert told(progress, said) == ["ready", "50%", "x" * 100]
    say(folder, "ne\n")
    assert told(progress, said)[-1] == "half a line"


@pytest.mark.usefixtures("hurried")
def test_an_earlier_run_is_not_told_again(tmp_path: Path, said: Any) -> None:
    """What stood in the log before is history; a log that was rotated is read from its beginning."""
    folder = Folder(tmp_path)
    say(folder, "of yesterday\n")
    progress = Progress(said.context(), folder)
    assert told(progress, said) == []
    folder.log.rename(tmp_path / "output.log.1")
    say(folder, "of today\n")
    assert told(progress, said) == ["of today"]


@pytest.mark.usefixtures("hurried")
def test_of_a_flood_the_newest_lines_are_shown(tmp_path: Path, said: Any) -> None:
    """A program that says a thousand different things is shown to its end, and what is shown lags no further."""
    folder = Folder(tmp_path)
    progress = Progress(said.context(), folder)
    words = [f"{chr(97 + n // 26 // 26)}{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}" for n in range(1000)]
    say(folder, "\n".join(words) + "\n")
    assert told(progress, said) == words[-module.WAITING :]


def test_a_line_is_shown_once_and_not_too_often(tmp_path: Path, said: Any) -> None:
    """Two lines within a second show the first; nothing is said twice."""
    folder = Folder(tmp_path)
    progress = Progress(said.context(), folder)
    say(folder, "first\n")
    progress.tell()
    say(folder, "second\n")
    assert told(progress, said) == ["first"]
