"""Reading another stack: its outputs are parsed once, at the door, into the shape that it tells them in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import invoke
from pydantic import ValidationError

from infra.problems import Problem, ProblemsError
from infra.settings import mistakes
from stacks.ground import OUTPUT, SECRET, Ground

Outputs = Mapping[str, Any]
"""What a stack exports, by name."""

_READ = "pulumi:pulumi:readStackOutputs"
"""The engine's own look-up behind a stack reference; it answers at once, so what it says may decide the graph."""


class StackUnreadError(ValueError):
    """The engine could not read another stack."""


@dataclass(frozen=True)
class Reference:
    """Another stack of the same engine, as it is."""

    stack: str
    """Its name, as the stack file gives it."""
    ground: Ground
    """What it tells everyone."""
    kubeconfig: pulumi.Output[str]
    """The way into its cluster, a secret."""


def read(**roles: str) -> dict[str, Reference]:
    """Read several stacks, each by its role.

    Raises:
        ProblemsError: Carries every stack that is not there and every output that is missing or of a wrong type.
    """
    problems: list[Problem] = []
    grounds = {role: _ground(role, stack, problems) for role, stack in roles.items()}
    if problems:
        raise ProblemsError("the stacks that this one stands on are not ready", problems)
    return {
        role: Reference(roles[role], ground, _secret(role, roles[role]))
        for role, ground in grounds.items()
        if ground is not None
    }


def parse(role: str, stack: str, outputs: Outputs) -> Ground:
    """Read what a stack exports.

    Raises:
        ProblemsError: Names the stack, each output that is missing or of a wrong type, and the command that mends it.
    """
    missing = [name for name in (OUTPUT, SECRET) if name not in outputs]
    if missing:
        found = [_mend(role, stack, f"{stack} has no output {name!r}") for name in missing]
        raise ProblemsError("an output is missing", found)
    try:
        return Ground.model_validate(outputs[OUTPUT])
    except ValidationError as error:
        wrong = mistakes.problems(error, Ground)
        found = [_mend(role, stack, f"output {OUTPUT}.{one.where} of {stack} {_said(one)}") for one in wrong]
        raise ProblemsError("an output is wrong", found) from None


def _ground(role: str, stack: str, problems: list[Problem]) -> Ground | None:
    try:
        return parse(role, stack, _outputs(stack))
    except ProblemsError as error:
        problems += error.problems
    except StackUnreadError as error:
        problems.append(_mend(role, stack, str(error)))
    return None


def _outputs(stack: str) -> Outputs:
    """Ask the engine for the outputs of a stack.

    Raises:
        StackUnreadError: There is no such stack, or it can't be read; the text says why.
    """
    try:
        found: Mapping[str, Any] = invoke(_READ, {"name": qualified(stack)}).value
    except Exception as error:  # noqa: BLE001 - the SDK raises no narrower one when a look-up fails
        why = str(error).rpartition("returned an error: ")[2]
        text = (
            f"there is no stack {stack!r} yet" if "unknown stack" in why else f"{stack} can't be read: {why}"
        )
        raise StackUnreadError(text) from None
    return dict(found["outputs"])


def qualified(stack: str) -> str:
    """Give a stack's full name; one of this project needs only its own."""
    return stack if "/" in stack else f"{pulumi.get_organization()}/{pulumi.get_project()}/{stack}"


def _secret(role: str, stack: str) -> pulumi.Output[str]:
    made = pulumi.StackReference(role, stack_name=qualified(stack))
    return pulumi.Output.secret(made.require_output(SECRET))


def _mend(role: str, stack: str, text: str) -> Problem:
    return Problem(f"references.{role}", f"{text}: run `causeway up {stack}` first")


def _said(problem: Problem) -> str:
    allowed = f", not {problem.allowed}" if problem.allowed else ""
    return (
        problem.text if problem.text == "is missing" else f"is {problem.text.removeprefix('given ')}{allowed}"
    )
