"""`causeway status`: what a stack has, whether it is well, where to call it, what it costs."""

from typing import Any

from rich.markup import escape
from rich.table import Table

from console import say
from console.events import short_type
from console.exits import Exit
from console.failures import Failed
from console.health import Health, of
from console.state import Resource, Snapshot, held
from console.up import summary
from console.workspace import open_workspace
from infra import paths
from infra.settings import from_file


def run(stack_name: str, *, as_json: bool) -> None:
    """Print the table, or JSON; exit code 4 when a resource is not well. The state is enough, without a stack file.

    Raises:
        NoStackError: There is neither a stack file nor a state of this name.
        Failed: It has no resources, or one that is not well.
    """
    state = held(open_workspace(stack_name, fileless=True), stack_name)
    made = [resource for resource in state.resources if resource.custom]
    if not made and not state.interrupted:
        raise Failed(f"{stack_name} has no resources: `causeway up {stack_name}` makes them", Exit.NO_STACK)
    conditions = [(resource, condition(resource, state)) for resource in made]
    if as_json:
        say.as_json(_document(stack_name, state, conditions))
    else:
        _print(stack_name, state, conditions)
    ill = {resource.name for resource, health in conditions if not health.ok} | {*state.interrupted}
    if ill:
        names = ", ".join(sorted(ill))
        raise Failed(f"not well: {names}; `causeway up {stack_name}` mends it", Exit.RESOURCE, told=as_json)


def condition(resource: Resource, state: Snapshot) -> Health:
    """Give a resource's condition; of one whose last operation was cut off the state can't be believed."""
    if resource.name in state.interrupted:
        return Health(
            ok=False, text="interrupted in the middle of a change; `causeway up` looks at it and goes on"
        )
    return of(resource)


def cost_line(stack_name: str) -> str:
    """Give the cost in one line: this machine is the user's own, clouds are priced by the plan."""
    if not paths.stack_file(stack_name).exists():
        return f"not known, as the stack file is gone; `causeway down {stack_name}` takes all away"
    settings = from_file(paths.stack_file(stack_name))
    if settings.here:
        return "0 USD a month: your own machine, no charge"
    return f"cap {settings.budget.monthly_usd:,.0f} USD a month"


def _print(name: str, state: Snapshot, conditions: list[tuple[Resource, Health]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("", "kind", "name", "condition", "where"):
        table.add_column(heading, overflow="fold")
    for resource, health in conditions:
        mark = "[green]●[/]" if health.ok else "[red]●[/]"
        kind = short_type(resource.type)
        table.add_row(mark, kind, escape(resource.name), escape(health.text), escape(resource.place))
    say.out.print(table)
    for line in summary(state):
        say.out.print(line)
    say.out.print(f"cost      {cost_line(name)}")


def _document(name: str, state: Snapshot, conditions: list[tuple[Resource, Health]]) -> dict[str, Any]:
    resources = [
        {"urn": resource.urn, "ok": health.ok, "condition": health.text, "where": resource.place}
        for resource, health in conditions
    ]
    ok = all(health.ok for _, health in conditions) and not state.interrupted
    return {
        "ok": ok,
        "stack": name,
        "resources": resources,
        "outputs": state.outputs,
        "cost": cost_line(name),
    }
