"""What a plan is made on: copies of stack files."""

from pathlib import Path

import pytest
import yaml

from console.failures import Failed
from console.plan import stage
from console.plan.command import about
from infra.problems import ProblemsError


def test_a_rehearsal_takes_off_what_only_the_owner_can_open(tmp_path: Path) -> None:
    """Salt, key and sealed values go; everything else stays, and a file without them is left alone byte for byte."""
    file = tmp_path / "Pulumi.x.yaml"
    file.write_text(
        yaml.safe_dump({"encryptionsalt": "v1:a", "config": {"a:b": {"secure": "v1:c"}, "a:d": {"e": 1}}})
    )
    stage.secretless(file)
    assert yaml.safe_load(file.read_text()) == {"config": {"a:b": "rehearsed", "a:d": {"e": 1}}}
    file.write_text("# why\nconfig: {a:b: 1}\n")
    assert stage.secretless(file).read_text() == "# why\nconfig: {a:b: 1}\n"


def test_a_dial_is_turned_on_a_copy_and_checked(tmp_path: Path) -> None:
    """The stack's own file stays as it is; a dial that does not exist is refused before any engine starts."""
    source = stage.stack_file("local")
    before = source.read_text(encoding="utf-8")
    copy = stage.turned(source, tmp_path / "one", ["training.options.steps=7"])
    assert yaml.safe_load(copy.read_text())["config"]["causeway:training"]["options"]["steps"] == 7
    with pytest.raises(ProblemsError, match="sluts"):
        stage.turned(source, tmp_path / "two", ["cluster.sluts=3"])
    with pytest.raises(Failed, match=r"--set cluster\.slots: write path=value"):
        stage.turned(source, tmp_path / "three", ["cluster.slots"])
    assert source.read_text(encoding="utf-8") == before


def test_an_unknown_stack_names_those_that_exist() -> None:
    """A typing error ends with the list."""
    with pytest.raises(Failed, match=r"there is no stack 'lokal'; there are: .*local"):
        stage.stack_file("lokal")


def test_a_plan_says_what_it_compares() -> None:
    """State, file, dials and revisions are told apart."""
    assert about((), "", rehearse=False) == "the stack file beside the stack's state"
    assert about((), "", rehearse=True) == "from nothing, rehearsed"
    assert about(("a=1",), "", rehearse=True) == "the stack file with a=1 beside the file as it is, rehearsed"
    assert about((), "main", rehearse=True) == "this clone beside revision main, rehearsed"
