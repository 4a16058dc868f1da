"""The Pulumi engine that this project runs on: found on the machine, or made ready once per version.

An engine is a `pulumi` command together with the language host that runs Python programs for it.
"""

from console.engine.find import find
from console.engine.model import Engine, EngineError, environment

__all__ = ["Engine", "EngineError", "environment", "find"]
