"""A result that could not be written is told before the work, and no folder is made for it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from console import outfile
from console.commands import app
from console.exits import Exit
from console.failures import Failed


def test_what_can_be_written_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new file, one that is there, one of the working folder, and none at all."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.md").touch()
    outfile.look(
        {"--html": tmp_path / "new.html", "--markdown": Path("old.md"), "--sarif": Path("x"), "--junit": None}
    )
    assert [file.name for file in tmp_path.iterdir()] == ["old.md"]


def test_all_that_can_not_is_told(tmp_path: Path) -> None:
    """A missing folder and a folder in the place of the file, each with its option."""
    files = {"--html": tmp_path / "no" / "x.html", "--plot": tmp_path}
    with pytest.raises(
        Failed, match=r"--html .*x\.html: there is no folder .*\n--plot .*: is a folder"
    ) as caught:
        outfile.look(files)
    assert caught.value.code == Exit.CONFIGURATION


@pytest.mark.parametrize("option", ["--html", "--markdown", "--sarif", "--junit"])
def test_a_plan_is_not_begun_for_a_page_that_has_no_place(option: str, tmp_path: Path) -> None:
    """Every page alike, and before the stack is looked at."""
    result = CliRunner().invoke(app, ["plan", "no-such-stack", option, str(tmp_path / "no" / "page")])
    assert result.exit_code == Exit.CONFIGURATION
    assert not (tmp_path / "no").exists()
