"""`causeway cost`: the bill of a stack line by line, and what it would be if."""

from console.cost.options import command

__all__ = ["command"]
