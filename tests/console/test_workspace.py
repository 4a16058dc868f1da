"""The console leaves the project as it found it, and frees what a killed run left locked."""

import json
import os
from pathlib import Path

import pytest
from pulumi import automation
from pulumi.automation import CommandResult
from pulumi.automation.errors import StackAlreadyExistsError

from console import workspace
from console.engine.model import Engine
from console.failures import Failed
from infra import paths
from infra.settings import NoStackError

SALTED = "encryptionsalt: v1:abc\nconfig: {}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a project folder with one stack file."""
    (tmp_path / "stacks").mkdir()
    monkeypatch.setattr(paths, "project", lambda: tmp_path)
    monkeypatch.setenv("CAUSEWAY_HOME", str(tmp_path / "home"))
    return tmp_path


def interrupted(file: Path) -> None:
    """Do what a run does that writes the salt and is cut off."""
    with workspace.untouched("one"):
        file.write_text(SALTED)
        raise KeyboardInterrupt


def test_the_salt_of_a_generated_passphrase_does_not_stay(project: Path) -> None:
    """What the engine wrote into the stack file is gone afterwards, also after a failure."""
    file = project / "stacks" / "Pulumi.one.yaml"
    file.write_text("# comment\nconfig: {}\n")
    with pytest.raises(KeyboardInterrupt):
        interrupted(file)
    assert file.read_text() == "# comment\nconfig: {}\n"


def test_no_file_comes_of_a_stack_that_has_none(project: Path) -> None:
    """The salt would make a stack file where there was none; what somebody else wrote meanwhile stays."""
    file = project / "stacks" / "Pulumi.one.yaml"
    with workspace.untouched("one"):
        file.write_text("encryptionsalt: v1:abc\n")
    assert not file.exists()
    with workspace.untouched("one"):
        file.write_text("config: {}\n")
    assert file.exists()


def test_a_salt_that_was_there_stays(project: Path) -> None:
    """A team's own salt is left alone, and so is any other change of the file."""
    file = project / "stacks" / "Pulumi.one.yaml"
    file.write_text(SALTED)
    with workspace.untouched("one"):
        file.write_text(SALTED + "# more\n")
    assert file.read_text() == SALTED + "# more\n"


@pytest.mark.parametrize(("more", "left"), [("", False), ("# the user's\n", True)])
def test_the_salt_of_a_killed_run_goes_with_the_next_one(project: Path, more: str, left: bool) -> None:
    """Unless the file was changed meanwhile: then the salt may be one that its secrets need."""
    file = project / "stacks" / "Pulumi.one.yaml"
    file.write_text("config: {}\n")
    with workspace.untouched("one"):
        note = (project / "home/unsalted-one.yaml").read_text()
    file.write_text(f"config: {{}}\n{more}encryptionsalt: v1:abc\n")
    (project / "home/unsalted-one.yaml").write_text(note)  # as a kill leaves both
    with workspace.untouched("one"):
        pass
    assert ("encryptionsalt" in file.read_text()) == left
    assert not (project / "home/unsalted-one.yaml").exists()


def lock_of(project: Path, pid: int, host: str) -> Path:
    """Plant a lock as the file backend writes it."""
    file = project / "home/state/.pulumi/locks/organization/causeway/one/x.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"pid": pid, "hostname": host, "username": "u"}))
    return file


def test_the_lock_of_a_dead_process_is_freed(project: Path) -> None:
    """A killed run does not block the next one."""
    file = lock_of(project, 2**22 + 12345, os.uname().nodename)
    workspace.free_stale_lock("one")
    assert not file.exists()


@pytest.mark.parametrize(
    ("pid", "host"),
    [(os.getpid(), os.uname().nodename), (2**22 + 12345, "elsewhere")],
    ids=["alive here", "dead elsewhere"],
)
def test_any_other_lock_stays(project: Path, pid: int, host: str) -> None:
    """A living process's lock, or one of another machine, is not ours to free."""
    file = lock_of(project, pid, host)
    workspace.free_stale_lock("one")
    assert file.exists()


def test_the_passphrase_is_private_and_stays(project: Path) -> None:
    """It is made once, readable by its owner alone."""
    file = workspace._passphrase()
    first = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(first) >= 32
    assert workspace._passphrase().read_text() == first


def test_a_lock_that_is_not_whole_is_left_to_the_engine(project: Path) -> None:
    """What can't be read names no process that could be dead."""
    file = lock_of(project, 1, "elsewhere")
    file.write_text("")
    workspace.free_stale_lock("one")
    assert file.exists()


def test_the_passphrase_is_whole_and_one(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two runs that make it at the same moment one is first, and both go on with its passphrase."""
    link = os.link

    def second(source: str, target: Path) -> None:
        target.write_text("the first one's")
        link(source, target)

    monkeypatch.setattr(os, "link", second)
    file = workspace._passphrase()
    assert file.read_text() == "the first one's"
    assert [path.name for path in (project / "home").iterdir()] == ["passphrase"]


def test_a_state_that_another_run_made_meanwhile_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two first `up` at once: the second one goes on to the engine, which says who holds the stack."""

    def exists(*_: object, **__: object) -> None:
        raise StackAlreadyExistsError(CommandResult("", "error: stack 'one' already exists", 1))

    monkeypatch.setattr(automation, "create_or_select_stack", exists)
    monkeypatch.setattr(automation, "select_stack", lambda name, **_: name)
    opened = workspace.Workspace({}, automation.PulumiCommand.__new__(automation.PulumiCommand))
    assert str(opened.stack("one")) == "one"


def test_a_home_that_can_not_be_is_told_with_the_way_out(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in the place of the folder, as a full or read-only disk: which folder, why, and what to set."""
    (project / "home").write_text("")
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    with pytest.raises(Failed, match=r"home can't hold the state: Not a directory. Set CAUSEWAY_HOME"):
        workspace.environment(Engine(project, "3.0.0", "here", ""), "one")


def test_only_a_name_can_be_a_stack_without_a_file(project: Path) -> None:
    """A stack whose file is gone may be in the state; what is no name of a stack is a mistake at once."""
    assert not workspace._stays_here("gone", fileless=True)
    for name in ("", "a b", "l\u00e4ca", "../one", "..", "a/b"):
        with pytest.raises(NoStackError):
            workspace._stays_here(name, fileless=True)
    with pytest.raises(NoStackError):
        workspace._stays_here("gone", fileless=False)
