"""The stacks that a stack stands on, which come up before it and go down after it."""

from collections.abc import Iterable

from console.exits import Exit
from console.failures import Failed
from infra import paths
from infra.problems import ProblemsError
from infra.settings import stackfile


def below(name: str) -> tuple[str, ...]:
    """Give every stack that has to be up before this one, in the order in which they come up.

    Raises:
        ProblemsError: A stack file is missing or no stack file.
        Failed: A stack stands on itself, or on a stack of another project.
    """
    return tuple(_ordered(name, ()))[:-1]


def above(name: str) -> tuple[str, ...]:
    """Give every stack of this project that stands on this one, whose own file may be gone.

    A stack file with mistakes stands on nothing.
    """
    files = sorted((paths.project() / "stacks").glob("Pulumi.*.yaml"))
    every = {path.name.split(".")[1] for path in files}
    found = {name}
    while more := {one for one in every - found if found & {*_readable(one)}}:
        found |= more
    return tuple(sorted(found - {name}))


def _readable(name: str) -> tuple[str, ...]:
    try:
        return _direct(name)
    except ProblemsError:
        return ()


def _ordered(name: str, above: tuple[str, ...]) -> Iterable[str]:
    if name in above:
        circle = " on ".join([*above[above.index(name) :], name])
        raise Failed(f"{circle}: a stack can't stand on itself", Exit.CONFIGURATION)
    if "/" in name:
        raise Failed(
            f"{above[-1]} stands on {name}, a stack of another project, which no rehearsal can build",
            Exit.CONFIGURATION,
        )
    found: dict[str, None] = {}
    for stack in _direct(name):
        found |= dict.fromkeys(_ordered(stack, (*above, name)))
    return [*found, name]


def _direct(name: str) -> tuple[str, ...]:
    """Give the stacks that a stack's own file names."""
    values = stackfile.read(paths.stack_file(name)).values
    references, alone = values.get("references"), values.get("stands_on")
    roles = [*(references.values() if isinstance(references, dict) else ()), *([alone] if alone else ())]
    return tuple(str(stack) for stack in roles)
