"""Several stacks are one table and one exit code; a stack that can't be played hides no other."""

import json

import pytest
import typer

from console.exits import Exit
from console.failures import Failed
from console.rehearse import together
from console.rehearse.command import command, rehearsable, run
from console.rehearse.phases import Phase
from console.rehearse.proof import Inventory
from console.rehearse.report import Report
from console.rehearse.stage import Options

CYCLE = (
    Phase("onprem: up", 9.0, {"create": 83}, below=True),
    Phase("preview", 1.0, {"create": 56}),
    Phase("up", 2.0, {"create": 56}),
    Phase("up again", 3.0, {"same": 56}),
    Phase("up with a dial turned", 4.0, {"update": 35}),
    Phase("refresh", 5.0),
    Phase("refresh after drift of aws:s3/bucket:Bucket a: tags.b", 6.0),
    Phase("destroy", 7.0, {"delete": 56}),
    Phase("onprem: destroy", 8.0, below=True),
)


def played(name: str, _: Options) -> Report:
    """Play stacks whose names say what comes of them."""
    if name == "cut":
        raise KeyboardInterrupt
    if name == "torn":
        raise Failed("the stand-in clouds did not start", Exit.TIMEOUT)
    again = {"update": 2} if name == "restless" else {"same": 56}
    phases = [one if one.name != "up again" else Phase("up again", 3.0, again) for one in CYCLE]
    wrong = ["not empty: account 1, state 0"] if name == "left" else []
    return Report(name, "", phases, wrong, Inventory(bool(wrong), 0, (), ()))


def test_a_stack_in_numbers() -> None:
    """Resources are its own; what it stands on and phases without a column have a sum each."""
    found = together.row(played("good", Options()))
    assert found == {
        "resources": 56,
        "seconds": {
            "preview": 1.0,
            "up": 2.0,
            "up again": 3.0,
            "up with a dial turned": 4.0,
            "refresh": 5.0,
            "destroy": 7.0,
            "ground": 17.0,
            "rest": 6.0,
        },
        "allSeconds": 45.0,
        "changesAtSecondUp": 0,
        "leftOver": 0,
    }


def test_what_was_not_played_is_no_zero() -> None:
    """A stack that was only previewed has no second up and nothing that could be left."""
    found = together.row(Report("one", "", [Phase("preview", 1.0, {"create": 3})]))
    assert (found["resources"], found["changesAtSecondUp"], found["leftOver"]) == (3, None, None)
    assert found["seconds"]["destroy"] is None


@pytest.mark.parametrize(
    ("names", "code"),
    [(["good", "fine"], Exit.OK), (["good", "left"], Exit.RESOURCE), (["torn", "left"], Exit.TIMEOUT)],
)
def test_the_worst_stack_decides(names: list[str], code: Exit, capsys: pytest.CaptureFixture[str]) -> None:
    """All are played, also after one that failed or could not start; the exit code is the worst."""
    assert together.run(names, Options(), played) == code
    shown = capsys.readouterr().out
    assert [name for name in (*names, *together.HEADS) if name not in shown] == []
    assert ("as it has to be; not:" in shown) == bool(code)


def test_an_interrupt_shows_what_was_played(capsys: pytest.CaptureFixture[str]) -> None:
    """The stack that was cut off is a row, those after it are not played."""
    assert together.run(["good", "cut", "fine"], Options(), played) == Exit.CANCELLED
    shown = capsys.readouterr().out
    assert "1 of 2 as it has to be; not: cut" in shown
    assert "fine" not in shown


def test_the_document_holds_every_phase_and_the_row(capsys: pytest.CaptureFixture[str]) -> None:
    """Machines get the numbers of the table, and below them each phase."""
    assert together.run(["restless", "torn"], Options(as_json=True), played) == Exit.TIMEOUT
    document = json.loads(capsys.readouterr().out)
    assert (document["ok"], document["exitCode"]) == (False, Exit.TIMEOUT)
    restless, torn = document["stacks"]
    assert restless["row"]["changesAtSecondUp"] == 2
    assert len(restless["phases"]) == len(CYCLE)
    assert torn["mistakes"] == ["the stand-in clouds did not start"]


def test_all_is_every_stack_but_this_machines_own() -> None:
    """The stack that works for real has no stand-in."""
    assert "hybrid" in rehearsable()
    assert "local" not in rehearsable()


def test_nothing_starts_when_one_name_is_wrong() -> None:
    """The second name is looked at before the first stack is played."""
    with pytest.raises(Failed, match="there is no stack 'aws-pord'"):
        run(["aws-dev", "aws-pord"], Options())


def test_no_name_is_a_mistake_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a stack and without --all the choice is shown."""
    with pytest.raises(typer.Exit):
        command(None)
    assert "name a stack, or --all: aws-dev" in capsys.readouterr().err
