"""One page about all stacks, and the exit code of all."""

import json
from pathlib import Path

import pytest
import typer

from console.ci import outcome, summary
from console.ci.command import finish, worst
from console.ci.outcome import Outcome
from console.plan.make import make
from console.plan.markdown import LIMIT
from console.plan.recording import Recording
from tests.console.plan.made import finding, growth


def test_unchanged_stacks_are_one_line() -> None:
    """What changes is shown with its plan, what does not only by name."""
    outcomes = [
        Outcome("a", "1 to change", changed=True, code=0),
        Outcome("b", "no changes", changed=False, code=0),
    ]
    text = summary.page(outcomes, {"a": "plan of a", "b": "plan of b"})
    assert text.startswith(summary.MARKER)
    assert "plan of a" in text
    assert "plan of b" not in text
    assert "unchanged: b" in text


def test_a_change_of_pages_alone_is_said() -> None:
    """No stack at all is a green page, not an empty one."""
    assert "No stack changes" in summary.page([], {})


@pytest.mark.parametrize("stacks", [1, 3, 40])
def test_the_comment_never_grows_too_long(stacks: int) -> None:
    """However many stacks with however long plans: below the limit, and every stack's headline is kept."""
    names = [f"stack-{number}" for number in range(stacks)]
    outcomes = [Outcome(name, "1 to change", changed=True, code=5) for name in names]
    plan = "### head\n<details>" + "x" * 50_000 + "</details>"
    text = summary.page(outcomes, dict.fromkeys(names, plan))
    assert len(text) <= LIMIT
    assert all(f"**{name}**" in text for name in names)


def test_a_plan_that_could_not_be_made_weighs_more_than_a_verdict() -> None:
    """0 when all is well, 5 for a verdict, the error's own code for a broken plan."""
    good, stopped, broken = (Outcome(str(code), "", changed=True, code=code) for code in (0, 5, 2))
    assert [worst(found) for found in ([], [good], [good, stopped], [stopped, broken])] == [0, 0, 5, 2]


def test_pages_of_several_jobs_are_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each job leaves its folder; the report finds them all, feeds the runner's page, and exits by the verdicts."""
    stopped = make(Recording((*growth().events, finding("rule", "says\nwhat     wrong", "train"))), "two")
    outcome.keep(make(growth(), "one"), tmp_path / "plan-one", 0)
    outcome.keep(stopped, tmp_path / "plan-two", 5)
    outcome.broken("three", "no engine\nat all", 1, tmp_path / "plan-three")
    own = tmp_path / "own.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(own))
    with pytest.raises(typer.Exit) as end:
        finish(tmp_path, comment=False)
    text = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert end.value.exit_code == 1
    assert own.read_text(encoding="utf-8") == text
    for part in ("✅ **one**", "❌ **two**", "❌ **three**: no plan: no engine", "+40,179.20", "**rule**"):
        assert part in text
    assert sorted(file.name for file in (tmp_path / "plan-one").iterdir()) == [
        "one.html",
        "one.json",
        "one.md",
        "one.outcome",
        "one.sarif",
        "one.xml",
    ]


def test_json_names_each_stack_its_pages_and_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One document on standard output, and still the exit code of all: one plan stopped, one not made."""
    outcome.keep(make(growth(), "one"), tmp_path, 5)
    outcome.broken("other", "no such platform\nallowed: aws", 2, tmp_path)
    with pytest.raises(typer.Exit) as ended:
        finish(tmp_path, comment=False, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (ended.value.exit_code, told["exitCode"]) == (2, 2)
    assert [(one["code"], one["changed"]) for one in told["stacks"]] == [(5, True), (2, True)]
    assert told["stacks"][1]["headline"] == "no plan: no such platform"
    kinds = [Path(page).suffix for page in told["stacks"][0]["pages"]]
    assert kinds == [".html", ".json", ".md", ".sarif", ".xml"]
    assert Path(told["summary"]).read_text(encoding="utf-8").startswith(summary.MARKER)
