"""Where the project and its private files are."""

import os
from pathlib import Path


def project() -> Path:
    """Give the project's root, the folder of Pulumi.yaml."""
    return Path(__file__).resolve().parents[1]


def stack_file(stack: str) -> Path:
    """Give the path of a stack's settings."""
    return project() / "stacks" / f"Pulumi.{stack}.yaml"


def home() -> Path:
    """Give the ignored folder of state, passphrase and local data.

    It is $CAUSEWAY_HOME, else `.causeway` in the project.
    """
    return Path(os.environ.get("CAUSEWAY_HOME") or project() / ".causeway").absolute()


def stack_home(stack: str) -> Path:
    """Give the folder of one stack's resources on this machine: keys, data, logs."""
    return home() / "stacks" / stack
