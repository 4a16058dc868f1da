"""`causeway plan`: what an `up` would change, what that costs, what the policies say, and which machines it needs."""

from console.plan.options import command

__all__ = ["command"]
