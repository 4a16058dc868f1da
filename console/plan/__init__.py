"""`causeway plan`: what an `up` would change, what that costs, what the policies say, and which machines it needs."""

from console.plan import options

__all__ = ["options"]
