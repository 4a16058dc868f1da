"""The door: `pulumi up` on any stack runs this program."""

import gc
import sys
import traceback

import pulumi

from infra.settings import from_engine
from stacks.blueprint import build
from stacks.checks import mistakes

TOLD = 32
"""Exit code by which a Python program tells the engine that the user has read the error already."""

# a cloud's SDK is hundreds of thousands of objects that stay, and the collector would walk them thousands of times:
# a third of a preview on Azure, for two hundredths less memory
gc.disable()

try:
    outputs = build(from_engine(mistakes))
except ValueError as error:  # a user's mistake by our convention; where it came from is for --debug
    pulumi.log.debug(traceback.format_exc())
    pulumi.log.error(str(error))
    sys.exit(TOLD)

for name, value in outputs.items():
    pulumi.export(name, value)
