"""What programs inherit of the environment that the provider runs in."""

import os
from collections.abc import Mapping

HIDDEN = ("PULUMI_", "PYTHONPATH")
"""Beginnings of variables that programs don't inherit: the engine's passphrase and configuration among them."""


def inherited(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Give what a program inherits; it is passed on from process to process and never written to a file."""
    return {name: value for name, value in environment.items() if not name.startswith(HIDDEN)}
