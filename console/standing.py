"""A stack's settings, held against the stacks that it stands on, before the engine of an update starts."""

from collections.abc import Iterator
from functools import cache

from pulumi.automation.errors import CommandError, StackNotFoundError

from console.failures import classify
from console.state import snapshot
from console.workspace import Workspace, open_workspace
from infra import paths
from infra.problems import Problem
from infra.settings import Stack, from_file
from stacks import checks, standing
from stacks.reference import NoSuchStackError, Outputs, StackUnreadError


def settings_of(stack_name: str, *, below: bool = True) -> Stack:
    """Read a stack's settings; an engine's command reads the states of other stacks, and only if there are any.

    Args:
        stack_name: The stack.
        below: Look at the stacks below; false where there may be no engine. Default: true.

    Raises:
        ProblemsError: Carries every mistake at once, each with file and line.
    """

    @cache
    def workspace() -> Workspace:
        return open_workspace(stack_name)

    def outputs(other: str) -> Outputs:
        try:
            return snapshot(workspace(), other).outputs
        except StackNotFoundError:
            raise NoSuchStackError(other) from None
        except CommandError as error:
            raise StackUnreadError(f"{other} can't be read: {classify(str(error))[0]}") from None

    def more(settings: Stack) -> Iterator[Problem]:
        yield from checks.mistakes(settings)
        yield from standing.mistakes(settings, outputs, stack_name) if below else ()

    return from_file(paths.stack_file(stack_name), more)
