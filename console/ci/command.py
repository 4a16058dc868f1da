"""The command: plan what changed, join the pages, answer by the verdicts."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from console import say
from console.ci import changed, outcome, summary
from console.ci.comment import from_environment
from console.ci.outcome import Outcome
from console.exits import Exit
from console.failures import Failed
from console.plan import stage
from console.plan.command import Ask, planned
from console.rehearse import ground
from infra.platforms import PLATFORMS
from infra.problems import ProblemsError
from infra.settings import stackfile


def run(base: str, out: Path, only: Sequence[str], *, real: bool, as_json: bool = False) -> None:
    """Plan every stack that changed, write the pages and the summary.

    Raises:
        typer.Exit: A mandatory verdict (5), or a plan that could not be made.
    """
    chosen = list(only) or _touched(base)
    say.note(f"stacks to plan: {', '.join(chosen) or 'none'}")
    out.mkdir(parents=True, exist_ok=True)  # where that can't be, it is told before plans are made
    for old in out.glob(f"*{outcome.SUFFIX}"):
        old.unlink()  # what an earlier run found is no part of this one
    for stack in chosen:
        found = _plan(stack, base, out, real=real)
        say.note(f"{stack}: {found.headline}")
    finish(out, comment=False, as_json=as_json)


def print_stacks(base: str, platform: str) -> None:
    """Print the stacks that a change touches, of one platform or of all, as one line of JSON.

    Raises:
        Failed: There is no such platform: an empty list would be a green check of nothing.
    """
    if platform and platform not in PLATFORMS:
        raise Failed(f"unknown platform {platform!r}: allowed are {', '.join(PLATFORMS)}", Exit.CONFIGURATION)
    found = _touched(base)
    chosen = [stack for stack in found if not platform or _platform(stack) == platform]
    sys.stdout.write(json.dumps(chosen) + "\n")


def finish(out: Path, *, comment: bool, as_json: bool = False) -> None:
    """Write the summary, to the runner's own page too, and to the pull request if asked.

    Raises:
        typer.Exit: A mandatory verdict (5), or a plan that could not be made.
    """
    outcomes = outcome.read(out)
    pages = {
        file.stem: file.read_text(encoding="utf-8") for file in out.rglob("*.md") if file.stem != "summary"
    }
    text = summary.page(outcomes, pages)
    out.mkdir(parents=True, exist_ok=True)
    (out / "summary.md").write_text(text, encoding="utf-8")
    if os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as own:
            own.write(text)
    if comment:
        say.note(f"comment: {from_environment().put(text)}")
    code = worst(outcomes)
    if as_json:
        say.as_json(document(outcomes, out, code))
    if code:
        raise typer.Exit(code)


def document(outcomes: Sequence[Outcome], out: Path, code: int) -> dict[str, Any]:
    """Give what `--json` prints: each stack with its pages, the summary's file and the exit code of all."""
    pages = {
        one.stack: sorted(str(file) for file in out.rglob(f"{one.stack}.*") if file.suffix != outcome.SUFFIX)
        for one in outcomes
    }
    return {
        "stacks": [asdict(one) | {"pages": pages[one.stack]} for one in outcomes],
        "summary": str(out / "summary.md"),
        "exitCode": code,
    }


def worst(outcomes: Sequence[Outcome]) -> int:
    """Give the exit code of all: a plan that could not be made weighs more than a verdict."""
    codes = sorted({one.code for one in outcomes} - {int(Exit.OK)}, key=lambda code: code == int(Exit.POLICY))
    return codes[0] if codes else int(Exit.OK)


def _touched(base: str) -> list[str]:
    """Give the stacks that a change touches, and those that stand on one of them."""
    every = stage.stacks()
    found = set(changed.touched(changed.files(base), every))
    return sorted(stack for stack in every if found & {stack, *ground.below(stack)})


def _plan(stack: str, base: str, out: Path, *, real: bool) -> Outcome:
    try:
        plan = planned(stack, _ask(stack, base, real=real))
    except ProblemsError as error:
        return outcome.broken(stack, str(error), int(Exit.CONFIGURATION), out)
    except Failed as error:
        return outcome.broken(stack, str(error), int(error.code), out)
    return outcome.keep(plan, out, int(Exit.POLICY) if plan.stops else int(Exit.OK))


def _ask(stack: str, base: str, *, real: bool) -> Ask:
    """A rehearsed cloud stack is built as it was at the merge base first; this machine has no stand-in."""
    if real:
        return Ask()
    return Ask(rehearse=True, base="" if _platform(stack) == "local" else changed.merge_base(base))


def _platform(stack: str) -> str:
    return str(stackfile.read(stage.stack_file(stack)).values.get("platform"))
