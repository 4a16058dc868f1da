"""What became of one stack's plan, kept as a small file so that jobs can be joined."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from console.plan import documents, words
from console.plan.command import Files
from console.plan.model import Plan

SUFFIX = ".outcome"
"""How the small files end."""


@dataclass(frozen=True)
class Outcome:
    """One stack."""

    stack: str
    headline: str
    """Cost and changes in one line, or the error."""
    changed: bool
    """Something would change, or something stops it."""
    code: int
    """0, 5 for a mandatory verdict, else the error's exit code."""


def keep(plan: Plan, folder: Path, code: int) -> Outcome:
    """Write every page of a plan and its outcome; the folder is made when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    files = Files(
        markdown=folder / f"{plan.stack}.md",
        html=folder / f"{plan.stack}.html",
        sarif=folder / f"{plan.stack}.sarif",
        junit=folder / f"{plan.stack}.xml",
    )
    files.write(plan)
    (folder / f"{plan.stack}.json").write_text(documents.as_json(plan), encoding="utf-8")
    headline = f"{words.changes(plan)}; {words.cost(plan.bill)}; {words.policies(plan)}"
    return _written(Outcome(plan.stack, headline, bool(plan.changes or plan.verdicts), code), folder)


def broken(stack: str, error: str, code: int, folder: Path) -> Outcome:
    """Write the page of a plan that could not be made."""
    folder.mkdir(parents=True, exist_ok=True)
    text = f"### ❌ {stack}: no plan\n\n```\n{error}\n```\n"
    (folder / f"{stack}.md").write_text(text, encoding="utf-8")
    return _written(Outcome(stack, f"no plan: {error.splitlines()[0]}", changed=True, code=code), folder)


def read(folder: Path) -> list[Outcome]:
    """Read the outcomes of a folder and of those below it, by stack."""
    found = [Outcome(**json.loads(file.read_text(encoding="utf-8"))) for file in folder.rglob(f"*{SUFFIX}")]
    return sorted(found, key=lambda outcome: outcome.stack)


def _written(outcome: Outcome, folder: Path) -> Outcome:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{outcome.stack}{SUFFIX}").write_text(json.dumps(asdict(outcome)), encoding="utf-8")
    return outcome
