"""The door: `pulumi up` on any stack runs this program."""

import pulumi

from infra.problems import ProblemsError
from infra.settings import from_engine
from stacks.blueprint import build
from stacks.options import mistakes

try:
    outputs = build(from_engine(mistakes))
except ProblemsError as error:
    raise pulumi.RunError(str(error)) from None

for name, value in outputs.items():
    pulumi.export(name, value)
