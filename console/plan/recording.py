"""What the engine said in one preview: its events, and its digest, which alone has source lines and dependencies."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

STACK = "pulumi:pulumi:Stack"
"""The type of the root of every stack."""

_REPLACING = frozenset(
    {"replace", "create-replacement", "delete-replaced", "read-replacement", "import-replacement"}
)
_QUIET = frozenset({"refresh", "discard", "discard-replaced", "read-discarded", "remove-pending-replace"})


@dataclass(frozen=True)
class Recording:
    """One preview, as it came."""

    events: tuple[Json, ...]
    """Engine events, in order."""
    steps: tuple[Json, ...] = ()
    """Steps of the digest. Empty: the preview ended early."""
    code: int = 0
    """The command's exit code."""

    def each(self, kind: str) -> Iterator[Json]:
        """Give the events of one kind."""
        return (event[kind] for event in self.events if kind in event)

    @property
    def config(self) -> Mapping[str, str]:
        """The stack's configuration; secrets are masked."""
        return next((event["config"] for event in self.each("preludeEvent")), {})


@dataclass(frozen=True)
class State:
    """One resource as it was, or as it will be."""

    urn: str
    type: str
    custom: bool
    """A provider makes it; else it is a component."""
    protect: bool
    parent: str
    """The parent's URN."""
    provider: str
    """The provider's URN and id."""
    inputs: Json
    outputs: Json
    dependencies: tuple[str, ...] = ()
    """URNs that it needs."""
    property_dependencies: Mapping[str, tuple[str, ...]] | None = None
    """URNs by top-level property. None: the preview ended early."""


@dataclass(frozen=True)
class Step:
    """What happens to one resource."""

    urn: str
    type: str
    verb: str
    """create, update, replace, delete, import, read or same."""
    old: State | None
    new: State | None
    reasons: tuple[str, ...] = ()
    """Properties that can't change in place."""
    diffs: tuple[str, ...] = ()
    """Paths that change."""
    source: str = ""
    """`path:line` in the project where the program declares it; empty when unknown."""

    @property
    def name(self) -> str:
        """The resource's own name."""
        return self.urn.rsplit("::", 1)[-1]

    @property
    def state(self) -> State:
        """The new state, else the old one."""
        state = self.new or self.old
        assert state, f"a step of {self.urn} has neither state"
        return state


def parse_events(text: str) -> tuple[Json, ...]:
    """Read newline-delimited JSON; a line cut off by a crash is left out."""
    return tuple(_lines(text))


def _lines(text: str) -> Iterator[Json]:
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def steps(recording: Recording) -> tuple[Step, ...]:
    """Join everything that was said about each resource; one step a URN, in the engine's order."""
    digest: dict[str, list[Json]] = {}
    for entry in recording.steps:
        digest.setdefault(entry["urn"], []).append(entry)
    said: dict[str, list[Json]] = {}
    for event in recording.each("resourcePreEvent"):
        metadata = event["metadata"]
        if metadata["op"] not in _QUIET:
            said.setdefault(metadata["urn"], []).append(metadata)
    return tuple(_step(urn, entries, digest.get(urn, [])) for urn, entries in said.items())


def _step(urn: str, entries: list[Json], digest: list[Json]) -> Step:
    old = next((entry["old"] for entry in entries if entry.get("old")), None)
    new = next(
        (entry["new"] for entry in entries if entry.get("new") and not entry["op"].startswith("delete")), None
    )
    verb = _verb([entry["op"] for entry in entries])
    return Step(
        urn=urn,
        type=entries[0]["type"],
        verb=verb,
        old=_state(old, digest, "oldState"),
        new=None if verb == "delete" else _state(new, digest, "newState"),
        reasons=_all(entries, "keys") or _all(digest, "replaceReasons"),
        diffs=tuple(sorted({path for entry in entries for path in entry.get("detailedDiff") or ()}))
        or _all(entries, "diffs"),
        source=_source(digest),
    )


def _verb(operations: list[str]) -> str:
    if _REPLACING & set(operations):
        return "replace"
    return next((op for op in operations if op != "same"), "same")


def _all(entries: list[Json], key: str) -> tuple[str, ...]:
    return tuple(sorted({name for entry in entries for name in entry.get(key) or ()}))


def _state(given: Json | None, digest: list[Json], side: str) -> State | None:
    if given is None:
        return None
    whole: Json = next((entry[side] for entry in digest if entry.get(side)), {})
    linked = whole.get("propertyDependencies")
    return State(
        urn=given["urn"],
        type=given["type"],
        custom=bool(given.get("custom")),
        protect=bool(given.get("protect")),
        parent=given.get("parent", ""),
        provider=given.get("provider", ""),
        inputs=given.get("inputs") or {},
        outputs=given.get("outputs") or {},
        dependencies=tuple(whole.get("dependencies") or ()),
        property_dependencies=None
        if linked is None
        else {name: tuple(urns or ()) for name, urns in linked.items()},
    )


def _source(digest: list[Json]) -> str:
    """Find the first frame inside the project: outside it there is nothing that a reader could change."""
    for side in ("newState", "oldState"):
        for state in (entry[side] for entry in digest if entry.get(side)):
            frames = [state, *(state.get("stackTrace") or ())]
            for position in (frame.get("sourcePosition", "") for frame in frames):
                path, _, line = position.removeprefix("project:///").partition("#")
                if path and "://" not in path and not path.startswith(("..", "/")):
                    return f"{path}:{line}"
    return ""
