"""`causeway cost`: the bill of a stack line by line, and what it would be if."""

from console.cost import options

__all__ = ["options"]
