"""Diff: which properties changed, how, and whether that needs a new resource."""

from collections.abc import Iterable, Iterator, MutableSequence
from dataclasses import dataclass
from typing import Literal

from pulumi.runtime.proto import provider_pb2

from providers.base.values import UNKNOWN, Bag, Path, Secret, dotted

Kind = Literal["ADD", "DELETE", "UPDATE"]


@dataclass(frozen=True)
class Change:
    """One property that differs."""

    path: Path
    kind: Kind
    only_mark: bool = False
    """Whether the value is the same and only its secret mark came or went."""


def changes(old: object, new: object, path: Path = ()) -> Iterator[Change]:
    """Walk over the smallest places where two values differ; UNKNOWN differs from everything."""
    if isinstance(old, Secret) != isinstance(new, Secret):
        found = list(changes(_open(old), _open(new), path))
        yield from found or [Change(path, "UPDATE", only_mark=True)]
    elif isinstance(old, Secret) and isinstance(new, Secret):
        yield from changes(old.value, new.value, path)
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from _changes_of_objects(old, new, path)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _changes_of_lists(old, new, path)
    elif new is UNKNOWN or not _equal(old, new):
        yield Change(path, "UPDATE")


def _open(value: object) -> object:
    return value.value if isinstance(value, Secret) else value


def _equal(old: object, new: object) -> bool:
    """Compare leaves: 1 is 1.0, but true is not 1."""
    return old == new and isinstance(old, bool) == isinstance(new, bool)


def _changes_of_objects(old: Bag, new: Bag, path: Path) -> Iterator[Change]:
    for key in [*old, *(key for key in new if key not in old)]:
        if key not in new:
            yield Change((*path, key), "DELETE")
        elif key not in old:
            yield Change((*path, key), "ADD")
        else:
            yield from changes(old[key], new[key], (*path, key))


def _changes_of_lists(old: list[object], new: list[object], path: Path) -> Iterator[Change]:
    for index in range(max(len(old), len(new))):
        if index >= len(new):
            yield Change((*path, index), "DELETE")
        elif index >= len(old):
            yield Change((*path, index), "ADD")
        else:
            yield from changes(old[index], new[index], (*path, index))


def respond(
    found: Iterable[Change], drifted: Iterable[str], replace_on: frozenset[str], *, delete_first: bool
) -> provider_pb2.DiffResponse:
    """Write the engine's answer from changed inputs and drifted outputs."""
    answer = provider_pb2.DiffResponse(hasDetailedDiff=True, deleteBeforeReplace=delete_first)
    for change in found:
        top = str(change.path[0])
        replaces = top in replace_on and not change.only_mark
        kind = f"{change.kind}_REPLACE" if replaces else change.kind
        answer.detailedDiff[dotted(change.path)].CopyFrom(_entry(kind, from_inputs=True))
        _add(answer.diffs, top)
        if replaces:
            _add(answer.replaces, top)
    for name in drifted:
        if name not in answer.diffs:
            answer.detailedDiff[name].CopyFrom(_entry("UPDATE", from_inputs=False))
            _add(answer.diffs, name)
    some = provider_pb2.DiffResponse.DIFF_SOME if answer.diffs else provider_pb2.DiffResponse.DIFF_NONE
    answer.changes = some
    return answer


def _add(names: MutableSequence[str], name: str) -> None:
    if name not in names:
        names.append(name)


def _entry(kind: str, *, from_inputs: bool) -> provider_pb2.PropertyDiff:
    return provider_pb2.PropertyDiff(kind=provider_pb2.PropertyDiff.Kind.Value(kind), inputDiff=from_inputs)
