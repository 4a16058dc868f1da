"""Losses of ways to train, beside the losses of one of them."""

from collections.abc import Iterator, Mapping

from tools.docs.performance.figures import between, loss
from tools.docs.performance.results import Node
from tools.docs.table import table

TAIL = 20
"""Steps at a training's end whose mean is its loss; every benchmark takes that many."""


def lines(part: Node, names: Mapping[str, str], base: str) -> list[str]:
    """Write a table of the ways in `names` (key of the file -> what to call it), `base` among them."""
    return table(("what", "mean loss", "lowest to highest", f"from {names[base]}"), _rows(part, names, base))


def trainings(part: Node) -> int:
    """Give how many trainings each way had."""
    last = part["last"]
    return max(len(last[name].numbers()) for name in last.names())


def _rows(part: Node, names: Mapping[str, str], base: str) -> Iterator[tuple[str, ...]]:
    for name in (one for one in names if one in part["last"]):
        away = "" if name == base else loss(_away(part, name, base))
        yield names[name], loss(part["mean"][name].number()), between(part["last"][name].numbers(), 4), away


def _away(part: Node, name: str, base: str) -> float:
    if "difference" in part:
        return part["difference"][name].number()
    return abs(part["mean"][name].number() - part["mean"][base].number())
