"""`causeway env`: the variables for plain `pulumi`."""

import shlex

from console import engine as engines
from console import say
from console.workspace import environment


def run(stack_name: str, *, as_json: bool) -> None:
    """Print shell exports, or the same as JSON. Secrets are named by file, never printed."""
    variables = environment(engines.find(), stack_name)
    if as_json:
        say.as_json(variables)
        return
    for name, value in variables.items():
        say.out.print(f"export {name}={shlex.quote(value)}", markup=False)
