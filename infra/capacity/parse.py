"""Reads a capacity from a stack file: a word, or a mapping of one word."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from infra.capacity.kinds import (
    Base,
    Capacity,
    CapacityBlock,
    FlexStart,
    Mixed,
    OnDemand,
    Reserved,
    Share,
    Spot,
    Static,
)
from infra.catalog.machines import Machine
from infra.problems import Problem, ProblemsError, nearest

_UNITS = MappingProxyType({"s": 1, "m": 60, "h": 3600, "d": 86400})


class _Reader:
    """Collects the mistakes of one capacity, so that all are told at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, where: str, text: str, allowed: str = "", suggestion: str = "") -> None:
        self.problems.append(Problem(where, text, allowed, suggestion))

    def fields(self, value: Any, where: str, wanted: Mapping[str, bool], short: str = "") -> dict[str, Any]:
        """Read a mapping of known keys; a plain value stands for the key `short`."""
        given = value if isinstance(value, Mapping) else {short: value} if short and value is not None else {}
        if not isinstance(value, Mapping | None) and not short:
            self.wrong(where, f"{value!r} is no mapping", ", ".join(wanted) or "nothing, or {}")
            return dict.fromkeys(wanted)
        for key in given:
            if key not in wanted:
                self.wrong(f"{where}.{key}", "is no field here", ", ".join(wanted), nearest(str(key), wanted))
        for key, needed in wanted.items():
            if needed and given.get(key) in (None, ""):
                self.wrong(where, f"lacks {key}", ", ".join(wanted))
        return dict(given)

    def name(self, given: Mapping[str, Any], key: str, where: str) -> str:
        """Read a name, which YAML may have taken for a number."""
        value = given.get(key)
        if isinstance(value, Mapping | list | bool):
            self.wrong(f"{where}.{key}", f"{value!r} is no name")
        return "" if value is None else str(value)


def parse(value: str | Mapping[str, Any] | Capacity | None, machine: Machine | None = None) -> Capacity:
    """Read a capacity.

    A word: `on-demand`, `spot`, `static`. A mapping of one word:
    `{spot: {fallback: none}}`, `{reserved: cr-1}` or `{reserved: {id: cr-1, group: g}}`,
    `{capacity-block: {id: cr-1, start: 2026-12-01T11:30:00Z, end: 2026-12-08T11:30:00Z}}`, `{flex-start: 24h}`,
    `{mixed: [{nodes: 6, reserved: cr-1}, {nodes: 2, spot: {}}]}`.

    Args:
        value: What the stack file says; None takes the default. A capacity is given back as it is.
        machine: The pool's machine. Default: unknown; then None means on demand.

    Raises:
        ProblemsError: All mistakes at once, each with its path.
    """
    if value is None:
        return _default(machine)
    if not isinstance(value, str | Mapping):
        return value
    reader = _Reader()
    capacity = _any(reader, value, "capacity")
    if reader.problems or capacity is None:
        raise ProblemsError("the capacity cannot be read", reader.problems)
    return capacity


def _default(machine: Machine | None) -> Capacity:
    if machine is None:
        return OnDemand()
    if machine.platform in {"onprem", "local"}:
        return Static()
    if machine.gpus >= 8:
        text = f"is missing: {machine.name} has {machine.gpus} accelerators and is rarely to be had on demand"
        raise ProblemsError("the capacity cannot be read", [Problem("capacity", text, _words())])
    return OnDemand()


def _words() -> str:
    return ", ".join([*_READERS, "mixed", "static"])


def _any(reader: _Reader, value: str | Mapping[str, Any], where: str) -> Capacity | None:
    word, rest = _split(reader, value, where)
    if word == "static":
        reader.fields(rest, f"{where}.static", {})
        return Static()
    return _mixed(reader, rest, f"{where}.mixed") if word == "mixed" else _base(reader, word, rest, where)


def _split(reader: _Reader, value: Any, where: str) -> tuple[str, Any]:
    if isinstance(value, str):
        return value, None
    if not isinstance(value, Mapping):
        reader.wrong(where, f"{value!r} is no kind of capacity", _words())
        return "", None
    if len(value) == 1:
        return next(iter(value.items()))
    reader.wrong(
        where, f"has {len(value)} kinds ({', '.join(map(str, value)) or 'none'})", f"one of {_words()}"
    )
    return "", None


def _base(reader: _Reader, word: str, rest: Any, where: str) -> Base | None:
    if word in _READERS:
        return _READERS[word](reader, rest, f"{where}.{word}")
    if word:
        reader.wrong(
            where, f"{word!r} is no kind of capacity", _words(), nearest(word, [*_READERS, "mixed", "static"])
        )
    return None


def _on_demand(reader: _Reader, rest: Any, where: str) -> Base | None:
    reader.fields(rest, where, {})
    return OnDemand()


def _spot(reader: _Reader, rest: Any, where: str) -> Base | None:
    given = reader.fields(rest, where, {"fallback": False}).get("fallback", "on-demand")
    if given is None or given == "none":
        return Spot(fallback=None)
    word, inner = _split(reader, given, f"{where}.fallback")
    found = _base(reader, word, inner, f"{where}.fallback")
    if found is None or isinstance(found, OnDemand | Reserved):
        return Spot(found)
    reader.wrong(f"{where}.fallback", f"{word} cannot stand in for spot", "on-demand, reserved, none")
    return None


def _reserved(reader: _Reader, rest: Any, where: str) -> Base | None:
    given = reader.fields(rest, where, {"id": True, "group": False}, short="id")
    return Reserved(reader.name(given, "id", where), reader.name(given, "group", where))


def _block(reader: _Reader, rest: Any, where: str) -> Base | None:
    given = reader.fields(rest, where, {"id": True, "start": True, "end": True})
    start, end = (_moment(reader, given.get(key), f"{where}.{key}") for key in ("start", "end"))
    if start is None or end is None:
        return None
    if start >= end:
        reader.wrong(where, f"ends at {end.isoformat()}, not after its start at {start.isoformat()}")
    return CapacityBlock(reader.name(given, "id", where), start, end)


def _moment(reader: _Reader, value: Any, where: str) -> datetime | None:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        reader.wrong(where, f"{value!r} is no time", "ISO 8601 such as 2026-12-01T11:30:00Z")
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _flex(reader: _Reader, rest: Any, where: str) -> Base | None:
    given = reader.fields(rest, where, {"max_run": True, "queued": False}, short="max_run")
    length = _length(reader, given.get("max_run"), f"{where}.max_run")
    queued = given.get("queued", True)
    if not isinstance(queued, bool):
        reader.wrong(f"{where}.queued", f"{queued!r} is not true or false")
    return None if length is None else FlexStart(length, queued=bool(queued))


def _length(reader: _Reader, value: Any, where: str) -> timedelta | None:
    text = str(value)
    if text[:-1].isdigit() and text[-1] in _UNITS and int(text[:-1]) > 0:
        return timedelta(seconds=int(text[:-1]) * _UNITS[text[-1]])
    reader.wrong(where, f"{value!r} is no length of time", "a whole number and s, m, h or d, such as 24h")
    return None


def _mixed(reader: _Reader, rest: Any, where: str) -> Mixed | None:
    if not isinstance(rest, list) or len(rest) < 2:
        reader.wrong(where, "needs two shares or more", "a list of {nodes: 6, reserved: cr-1}")
        return None
    shares = [_share(reader, part, f"{where}[{index}]") for index, part in enumerate(rest)]
    return Mixed(tuple(share for share in shares if share is not None))


def _share(reader: _Reader, part: Any, where: str) -> Share | None:
    if not isinstance(part, Mapping):
        reader.wrong(where, f"{part!r} is no share", "{nodes: 6, reserved: cr-1}")
        return None
    nodes = part.get("nodes")
    if isinstance(nodes, bool) or not isinstance(nodes, int) or nodes < 1:
        reader.wrong(f"{where}.nodes", f"{nodes!r} is no number of nodes", "1 or more")
        return None
    rest = {key: value for key, value in part.items() if key != "nodes"}
    capacity = _base(reader, *_split(reader, rest, where), where)
    return None if capacity is None else Share(nodes, capacity)


_READERS: Mapping[str, Callable[[_Reader, Any, str], Base | None]] = MappingProxyType(
    {
        "on-demand": _on_demand,
        "spot": _spot,
        "reserved": _reserved,
        "capacity-block": _block,
        "flex-start": _flex,
    }
)
