"""Reading another stack: its outputs are parsed once, at the door, into the shape that it tells them in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import invoke
from pydantic import ValidationError

from infra import paths
from infra.problems import Problem, ProblemsError, nearest
from infra.settings import mistakes
from stacks.ground import OUTPUT, SECRET, VERSION, Ground

Outputs = Mapping[str, Any]
"""What a stack exports, by name."""

Source = Callable[[str], Outputs]
"""Gives the outputs of a stack by its name; raises `StackUnreadError` or `NoSuchStackError`."""

_READ = "pulumi:pulumi:readStackOutputs"
"""The engine's own look-up behind a stack reference; it answers at once, so what it says may decide the graph."""


class StackUnreadError(ValueError):
    """The engine could not read another stack; the text says why."""


class NoSuchStackError(StackUnreadError):
    """There is no state of a stack of this name."""


@dataclass(frozen=True)
class Known:
    """Another stack, as far as everyone may know it."""

    stack: str
    """Its name, as the stack file gives it."""
    ground: Ground
    """What it tells everyone."""


@dataclass(frozen=True)
class Reference(Known):
    """Another stack of the same engine, as it is."""

    kubeconfig: pulumi.Output[str]
    """The way into its cluster, a secret."""


def read(roles: Mapping[str, str]) -> dict[str, Reference]:
    """Read several stacks through the engine, each by where the settings name it: `stands_on`, `references.site`.

    Raises:
        ProblemsError: Carries every stack that is not there and every output that is missing or of a wrong type.
    """
    found, problems = known(roles, _outputs)
    if problems:
        raise ProblemsError("the stacks that this one stands on are not ready", problems)
    return {
        where: Reference(one.stack, one.ground, _secret(where.rpartition(".")[2], one.stack))
        for where, one in found.items()
    }


def known(roles: Mapping[str, str], source: Source) -> tuple[dict[str, Known], list[Problem]]:
    """Read several stacks, each by where the settings name it; give those that can be read, and what is wrong."""
    found: dict[str, Known] = {}
    problems: list[Problem] = []
    for where, stack in roles.items():
        try:
            found[where] = Known(stack, parse(where, stack, source(stack)))
        except ProblemsError as error:
            problems += error.problems
        except NoSuchStackError:
            problems.append(_absent(where, stack))
        except StackUnreadError as error:
            problems.append(Problem(where, str(error)))
    return found, problems


def parse(where: str, stack: str, outputs: Outputs) -> Ground:
    """Read what a stack exports.

    Raises:
        ProblemsError: Names the stack, each output that is missing or of a wrong type, and the command that mends it.
    """
    if missing := list(_missing(stack, outputs)):
        raise ProblemsError("an output is missing", [_mend(where, stack, text) for text in missing])
    if (version := _version(outputs[OUTPUT])) < VERSION:
        text = f"{stack} was brought up by an older program (it tells version {version}, {VERSION} is needed)"
        raise ProblemsError("an output is old", [_mend(where, stack, text)])
    try:
        return Ground.model_validate(outputs[OUTPUT])
    except ValidationError as error:
        wrong = mistakes.problems(error, Ground)
        found = [_mend(where, stack, f"output {OUTPUT}.{one.where} of {stack} {_said(one)}") for one in wrong]
        raise ProblemsError("an output is wrong", found) from None


def _missing(stack: str, outputs: Outputs) -> Iterator[str]:
    absent = [name for name in (OUTPUT, SECRET) if name not in outputs]
    if not outputs:
        yield f"{stack} is not up"
    elif len(absent) > 1:
        yield f"{stack} tells nothing to other stacks (one of this machine never does)"
    else:
        yield from (f"{stack} has no output {name!r}" for name in absent)


def _version(ground: Any) -> int:
    """Say which shape a stack tells; before shapes had versions it told none."""
    told = ground.get("version", 0) if isinstance(ground, Mapping) else VERSION
    return int(told) if isinstance(told, int | float) else VERSION


def _outputs(stack: str) -> Outputs:
    """Ask the engine for the outputs of a stack.

    Raises:
        StackUnreadError: There is no such stack, or it can't be read; the text says why.
    """
    try:
        found: Mapping[str, Any] = invoke(_READ, {"name": qualified(stack)}).value
    except Exception as error:  # noqa: BLE001 - the SDK raises no narrower one when a look-up fails
        why = str(error).rpartition("returned an error: ")[2]
        if "unknown stack" in why:
            raise NoSuchStackError(stack) from None
        raise StackUnreadError(f"{stack} can't be read: {why}") from None
    return dict(found["outputs"])


def qualified(stack: str) -> str:
    """Give a stack's full name; one of this project needs only its own."""
    return stack if "/" in stack else f"{pulumi.get_organization()}/{pulumi.get_project()}/{stack}"


def _secret(name: str, stack: str) -> pulumi.Output[str]:
    made = pulumi.StackReference(name, stack_name=qualified(stack))
    return pulumi.Output.secret(made.require_output(SECRET))


def _absent(where: str, stack: str) -> Problem:
    """Say that a stack was never brought up, or that there is none of this name."""
    files = sorted(file.name.split(".")[1] for file in (paths.project() / "stacks").glob("Pulumi.*.yaml"))
    if "/" in stack or stack in files:
        return _mend(where, stack, f"there is no stack {stack!r} yet")
    return Problem(where, f"there is no stack {stack!r}", ", ".join(files), nearest(stack, files))


def _mend(where: str, stack: str, text: str) -> Problem:
    return Problem(where, f"{text}: run `causeway up {stack}` first")


def _said(problem: Problem) -> str:
    allowed = f", not {problem.allowed}" if problem.allowed else ""
    return (
        problem.text if problem.text == "is missing" else f"is {problem.text.removeprefix('given ')}{allowed}"
    )
