"""`causeway rehearse`: run a stack through the real engine against stand-in clouds, with no account and no network."""

from console.rehearse.command import command, run
from console.rehearse.stage import Options

__all__ = ["Options", "command", "run"]
