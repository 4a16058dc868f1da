"""What does not stay as it is, why, and what goes with it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from console.events import short_type
from console.plan.ledger import plain
from console.plan.model import Change, Edit
from console.plan.parts import Parts, dependents
from console.plan.recording import Step
from infra.catalog.values import UNKNOWN, get, holds_unknown

_ORDER = ("delete", "replace", "import", "create", "update")
_LONGEST = 60  # characters of a value; the rest is an ellipsis
_QUIET = ("same", "read")


def changes(steps: Sequence[Step], parts: Parts) -> tuple[Change, ...]:
    """Give every resource that does not stay as it is: what is lost first. Components are their resources' sum."""
    names = dependents([step for step in steps if step.verb not in _QUIET or step.state.custom])
    real = {step.urn for step in steps if step.state.custom}
    found = [
        _change(step, parts, [urn for urn in names.get(step.urn, ()) if urn in real])
        for step in steps
        if step.state.custom and step.verb not in _QUIET and not step.type.startswith("pulumi:providers:")
    ]
    return tuple(sorted(found, key=lambda one: (_rank(one.verb), one.component, one.urn)))


def _rank(verb: str) -> int:
    return _ORDER.index(verb) if verb in _ORDER else len(_ORDER)


def _change(step: Step, parts: Parts, followers: Iterable[str]) -> Change:
    lost = step.verb in {"replace", "delete"}
    return Change(
        urn=step.urn,
        name=step.name,
        kind=short_type(step.type),
        verb=step.verb,
        component=parts.name(step.urn),
        source=step.source,
        reasons=step.reasons,
        edits=tuple(edits(step)) if step.verb in {"update", "replace"} else (),
        dependents=tuple(sorted(urn.rsplit("::", 1)[-1] for urn in followers)) if lost else (),
        protected=bool(step.old and step.old.protect),
        advice=_advice(step) if lost else "",
    )


def _advice(step: Step) -> str:
    """Say what keeps the resource, should its loss not be meant."""
    if step.old and step.old.protect:
        return "it is protected: the run will refuse this until `protect` is taken away"
    if step.verb == "delete":
        return "renamed only? give the new one `aliases` with this name; to keep it unmanaged, `retain_on_delete`"
    if step.reasons:
        names = ", ".join(repr(name) for name in step.reasons)
        return f"to keep it as it is: `ignore_changes=[{names}]`"
    return "to keep it, undo what changed"


def edits(step: Step) -> Iterable[Edit]:
    """Give the properties that change, as inputs say it."""
    before = plain(step.old.inputs) if step.old else {}
    after = plain(step.new.inputs) if step.new else {}
    for path in step.diffs or sorted(set(before) | set(after)):
        old, new = _at(before, path), _at(after, path)
        if old is UNKNOWN or new is UNKNOWN or old != new:
            yield Edit(path, shown(old), shown(new))


def _at(properties: Mapping[str, Any], path: str) -> Any:
    return get(properties, path.replace('["', ".").replace('"]', ""))


def shown(value: Any) -> str:
    """Give a value as short text."""
    if value is None:
        return ""
    if holds_unknown(value):
        return "known after the update"
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
