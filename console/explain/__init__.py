"""`causeway explain`: what a setting, a rule or a machine type is, from what holds it."""

from console.explain.command import run

__all__ = ["run"]
