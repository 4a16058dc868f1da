"""Exemptions: one rule, some resources, a reason, an approver and an end. Mistakes in them stop the run."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from infra import aliases
from policy.model.exemption import Exemption

LONGEST = dt.timedelta(days=180)
"""How long an exemption may last from the day on which it is read: what is needed for longer is a rule to change."""

_FIELDS = ("urn", "rule", "reason", "approver", "expires")
_SHORTEST_REASON = 15  # characters: `n/a`, `later` and `todo` are none


class ExemptionsError(ValueError):
    """The file of exemptions has mistakes; all of them are in the text, and no exemption holds."""


def covering(exemptions: Iterable[Exemption], rule: str, urn: str) -> Exemption | None:
    """Find the exemption for a finding, the one that lasts longest first."""
    fitting = [exemption for exemption in exemptions if exemption.covers(rule, urn)]
    return max(fitting, key=lambda exemption: exemption.expires, default=None)


def read(path: Path, rules: Collection[str], today: dt.date) -> tuple[Exemption, ...]:
    """Read the file of exemptions; a missing file has none.

    Args:
        path: A YAML list of entries with urn, rule, reason, approver and expires (a day, inclusive).
        rules: The names of the rules that exist.
        today: The day to judge expiry by.

    Raises:
        ExemptionsError: Entries that are malformed, without a reason, expired or too long; all mistakes at once.
    """
    if not path.exists():
        return ()
    try:
        given = aliases.load(path.read_text(encoding="utf-8")) or []
    except yaml.YAMLError as error:
        raise ExemptionsError(f"{path.name} is no YAML: {error}") from error
    if not isinstance(given, list):
        raise ExemptionsError(f"{path.name}: given {type(given).__name__}, a list of exemptions is needed")
    mistakes = [
        f"{path.name}, entry {number}: {mistake}"
        for number, entry in enumerate(given, start=1)
        for mistake in _mistakes(entry, rules, today)
    ]
    if mistakes:
        raise ExemptionsError("\n".join(mistakes))
    return tuple(Exemption(**{field: entry[field] for field in _FIELDS}) for entry in given)


def _mistakes(entry: Any, rules: Collection[str], today: dt.date) -> Iterable[str]:
    if not isinstance(entry, Mapping):
        yield f"given {entry!r}, a map with {', '.join(_FIELDS)} is needed"
        return
    for name in sorted(set(_FIELDS) ^ set(entry)):
        yield (
            f"{name} is missing"
            if name in _FIELDS
            else f"unknown field {name!r}; allowed: {', '.join(_FIELDS)}"
        )
    for name in ("urn", "rule", "reason", "approver"):
        if name in entry and not (isinstance(entry[name], str) and entry[name].strip()):
            yield f"{name} is {entry[name]!r}, a text is needed"
    yield from _doubtful(entry, rules)
    if "expires" in entry:
        yield from _ended(entry["expires"], today)


def _doubtful(entry: Mapping[str, Any], rules: Collection[str]) -> Iterable[str]:
    if isinstance(entry.get("rule"), str) and entry["rule"] not in rules:
        yield f"there is no rule {entry['rule']!r}"
    if isinstance(entry.get("reason"), str) and 0 < len(entry["reason"].strip()) < _SHORTEST_REASON:
        yield f"reason is {entry['reason']!r}: say what is exempted, why, and what ends it"
    if isinstance(entry.get("urn"), str) and not entry["urn"].strip("*:? "):
        yield f"urn is {entry['urn']!r}, which covers everything: name the resource"


def _ended(expires: Any, today: dt.date) -> Iterable[str]:
    if not isinstance(expires, dt.date) or isinstance(expires, dt.datetime):
        yield f"expires is {expires!r}, a day such as {today + LONGEST} is needed"
    elif expires < today:
        yield f"it expired on {expires}: mend the resource, or let {expires} be renewed by its approver"
    elif expires > today + LONGEST:
        yield f"expires on {expires}, later than {LONGEST.days} days from today: the latest day is {today + LONGEST}"
