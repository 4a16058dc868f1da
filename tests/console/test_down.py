"""What carries another stack stays; what has no file any more goes all the same."""

from pathlib import Path

import pytest
from clone import make

from console import down
from console.exits import Exit
from console.failures import Failed
from infra import paths


def test_a_stack_that_carries_another_stays() -> None:
    """The stack above is named with the command that takes it down first; once it is down, nothing is in the way."""
    with pytest.raises(Failed, match="onprem carries hybrid: `causeway down hybrid` first"):
        down._refuse_if_carried("onprem", lambda one: one == "hybrid")
    down._refuse_if_carried("onprem", lambda _: False)
    down._refuse_if_carried("hybrid", lambda _: True)


def test_a_link_to_another_disk_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is empty goes, and a folder that the user has put elsewhere is emptied where it is."""
    monkeypatch.setenv("CAUSEWAY_HOME", str(tmp_path / "home"))
    (tmp_path / "disk" / "jobs").mkdir(parents=True)
    (tmp_path / "home" / "stacks").mkdir(parents=True)
    paths.stack_home("far").symlink_to(tmp_path / "disk")
    (paths.stack_home("near") / "jobs").mkdir(parents=True)
    for name in ("far", "near"):
        down._sweep(name)
    assert list((tmp_path / "disk").iterdir()) == []
    assert list((tmp_path / "home" / "stacks").iterdir()) == [paths.stack_home("far")]


@pytest.mark.engine
def test_a_stack_without_a_file_goes_by_its_state(tmp_path: Path) -> None:
    """Its file was deleted: all that the state knows goes, and no file comes back. What neither has is a mistake."""
    clone = make(tmp_path / "clone")
    file = clone.stack_file("alone")
    head = clone.stack_file("local").read_text(encoding="utf-8").partition("  causeway:cluster:")[0]
    file.write_text(head, encoding="utf-8")
    clone.json("up", "alone")
    file.unlink()
    status = clone.json("status", "alone")
    assert (status["ok"], len(status["resources"])) == (True, 2)
    assert "`causeway down alone`" in status["cost"]
    told = clone.json("down", "alone")
    assert told["left"] == {"resources": 0, "processes": [], "ports": [], "files": []}
    assert not file.exists()
    for name in ("alone", "aone"):
        missing = clone.causeway("down", name)
        assert missing.returncode == Exit.NO_STACK
        assert "there is no such file" in missing.stderr
