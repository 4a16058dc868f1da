"""The verbs of the `causeway` command."""

from typing import Annotated

import typer

from console import (
    ci,
    cost,
    doctor,
    down,
    env,
    explain,
    failures,
    machines,
    plan,
    prices,
    rehearse,
    status,
    up,
)

Stack = Annotated[str, typer.Argument(help="The stack: a name from stacks/Pulumi.<stack>.yaml.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]

app = typer.Typer(
    help="AI infrastructure as code, on any cloud and on this machine.",
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.command("up")
def up_command(stack: Stack = "local", as_json: Json = False) -> None:
    """Bring a stack to what its file says: create, change or mend what differs."""
    with failures.boundary(as_json=as_json):
        up.run(stack, as_json=as_json)


@app.command("down")
def down_command(stack: Stack = "local", as_json: Json = False) -> None:
    """Delete everything of a stack, and prove it."""
    with failures.boundary(as_json=as_json):
        down.run(stack, as_json=as_json)


@app.command("status")
def status_command(stack: Stack = "local", as_json: Json = False) -> None:
    """Say what a stack has, whether it is healthy, and where to call it."""
    with failures.boundary(as_json=as_json):
        status.run(stack, as_json=as_json)


@app.command("doctor")
def doctor_command(stack: Stack = "local", as_json: Json = False) -> None:
    """Check this machine and a stack's settings before anything is changed."""
    with failures.boundary(as_json=as_json):
        doctor.run(stack, as_json=as_json)


@app.command("env")
def env_command(stack: Stack = "local", as_json: Json = False) -> None:
    """Print the variables with which plain `pulumi` works here: eval "$(causeway env)"."""
    with failures.boundary(as_json=as_json):
        env.run(stack, as_json=as_json)


@app.command("machines")
def machines_command(
    platform: Annotated[str | None, typer.Option(help="Only this platform's machines.")] = None,
    region: Annotated[str | None, typer.Option(help="Prices of this region; else of the cheapest.")] = None,
    as_json: Json = False,
) -> None:
    """List the machine types that stacks can use, what joins them, and what they cost."""
    with failures.boundary(as_json=as_json):
        machines.run(platform, region, as_json=as_json)


@app.command("explain")
def explain_command(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A setting such as cluster.pools.nodes, a rule, a machine type, or `rules`. Default: all settings."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what a setting, a rule or a machine type is, what it may be, and why."""
    with failures.boundary(as_json=as_json):
        explain.run(name, as_json=as_json)


app.add_typer(ci.app, name="ci")
app.command("cost")(cost.options.command)
app.command("plan")(plan.options.command)
app.command("refresh-prices")(prices.options.command)
app.command("rehearse")(rehearse.command)
