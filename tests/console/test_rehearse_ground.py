"""What a stack stands on comes up before it, in order; what no rehearsal can build is told."""

from pathlib import Path

import pytest

from console.failures import Failed
from console.rehearse import ground
from infra import paths
from infra.problems import ProblemsError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of stack files of an empty project."""
    monkeypatch.setattr(paths, "project", lambda: tmp_path)
    folder = tmp_path / "stacks"
    folder.mkdir()
    return folder


def write(folder: Path, name: str, *roles: str) -> None:
    """Write a stack file that names some stacks."""
    lines = "".join(f"    role{at}: {stack}\n" for at, stack in enumerate(roles))
    references = f"  causeway:references:\n{lines}" if roles else ""
    (folder / f"Pulumi.{name}.yaml").write_text(f"config:\n  causeway:owner: you\n{references}")


def test_a_plain_stack_stands_on_nothing(project: Path) -> None:
    """Nothing comes up before an environment."""
    write(project, "plain")
    assert ground.below("plain") == ()


def test_what_is_below_comes_first_and_once(project: Path) -> None:
    """A stack below two others comes up once, before both."""
    write(project, "earth")
    write(project, "left", "earth")
    write(project, "right", "earth")
    write(project, "top", "left", "right")
    assert ground.below("top") == ("earth", "left", "right")


def test_what_stands_on_a_stack(project: Path) -> None:
    """Every stack above is found, directly or not; a file with mistakes hides none."""
    write(project, "earth")
    write(project, "house", "earth")
    write(project, "roof", "house")
    write(project, "hen", "hen")
    (project / "Pulumi.broken.yaml").write_text("config: {")
    assert ground.above("earth") == ("house", "roof")
    assert ground.above("roof") == ()


def test_what_stands_on_a_stack_without_a_file(project: Path) -> None:
    """A stack file that was deleted takes nothing away from under those above it."""
    write(project, "house", "earth")
    write(project, "roof", "house")
    write(project, "tent")
    assert ground.above("earth") == ("house", "roof")


def test_a_tenant_stands_on_its_environment(project: Path) -> None:
    """An application team's stack is above the platform team's, and above what that one stands on."""
    write(project, "earth")
    write(project, "house", "earth")
    (project / "Pulumi.guest.yaml").write_text("config:\n  causeway:stands_on: house\n")
    assert ground.below("guest") == ("earth", "house")
    assert ground.above("earth") == ("guest", "house")


def test_a_circle_is_told_as_it_goes(project: Path) -> None:
    """Stacks that stand on each other never come up; the error shows the way round."""
    write(project, "hen", "egg")
    write(project, "egg", "hen")
    with pytest.raises(Failed, match="hen on egg on hen: a stack can't stand on itself"):
        ground.below("hen")


def test_another_projects_stack_can_not_be_built(project: Path) -> None:
    """A rehearsal has no program for it."""
    write(project, "top", "them/their/stack")
    with pytest.raises(Failed, match="top stands on them/their/stack, a stack of another project"):
        ground.below("top")


def test_a_name_without_a_file(project: Path) -> None:
    """The nearest stack is suggested."""
    write(project, "onprem")
    write(project, "top", "onprm")
    with pytest.raises(ProblemsError, match="did you mean 'onprem'"):
        ground.below("top")
