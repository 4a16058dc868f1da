"""What a stack has, from its exported state; secrets stay hidden."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi.automation.errors import StackNotFoundError

from console.workspace import Workspace
from infra import paths
from infra.settings import stackfile

SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d"  # noqa: S105  Pulumi's public marker of a secret value
HIDDEN = "[secret]"


@dataclass(frozen=True)
class Resource:
    """One resource of the state."""

    urn: str
    """Its full name in Pulumi."""
    type: str
    """Its type token."""
    name: str
    """Its own name."""
    parent: str
    """The URN of its parent, empty at the top."""
    custom: bool
    """True for what a provider made, false for a component."""
    inputs: Mapping[str, Any]
    """What the program asked for."""
    outputs: Mapping[str, Any]
    """What there is."""

    @property
    def place(self) -> str:
        """Where it is: an address, or a path seen from the project; empty where it has none."""
        place = str(self.outputs.get("url") or self.outputs.get("path") or self.outputs.get("logFile") or "")
        return place.replace(f"{paths.project().as_uri()}/", "").replace(f"{paths.project()}/", "")


@dataclass(frozen=True)
class Snapshot:
    """The state of a stack."""

    resources: tuple[Resource, ...]
    """All but the stack itself and providers."""
    outputs: Mapping[str, Any]
    """What the stack exports."""
    interrupted: tuple[str, ...] = ()
    """Names of resources whose last operation was cut off: what is known of them may be old."""

    def children(self, urn: str) -> list[Resource]:
        """Give the resources whose parent is this one."""
        return [resource for resource in self.resources if resource.parent == urn]

    def of_type(self, token: str) -> list[Resource]:
        """Give the resources of one type."""
        return [resource for resource in self.resources if resource.type == token]


def snapshot(workspace: Workspace, name: str) -> Snapshot:
    """Read the state of a stack.

    Raises:
        StackNotFoundError: The stack has no state.
    """
    deployment = workspace.existing(name).export_stack().deployment or {}
    entries = deployment.get("resources", [])
    root: Mapping[str, Any] = next((entry for entry in entries if entry["type"] == "pulumi:pulumi:Stack"), {})
    ours = [entry for entry in entries if not entry["type"].startswith("pulumi:")]
    pending = deployment.get("pending_operations") or ()
    cut_off = tuple(operation["resource"]["urn"].rsplit("::", 1)[-1] for operation in pending)
    return Snapshot(tuple(_resource(entry) for entry in ours), hidden(root.get("outputs", {})), cut_off)


def held(workspace: Workspace, name: str) -> Snapshot:
    """Read the state of a stack whose stack file may be gone.

    Raises:
        NoStackError: There is neither a stack file nor a state of this name that has anything.
        StackNotFoundError: The stack has no state.
    """
    file = paths.stack_file(name)
    try:
        found = snapshot(workspace, name)
    except StackNotFoundError:
        stackfile.read(file)
        raise
    if not (found.resources or found.interrupted):
        stackfile.read(file)
    return found


def hidden(value: Any) -> Any:
    """Replace every secret in a plain value."""
    if isinstance(value, Mapping):
        if SECRET_SIGNATURE in value:
            return HIDDEN
        return {key: hidden(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [hidden(inner) for inner in value]
    return value


def _resource(entry: Mapping[str, Any]) -> Resource:
    parent = entry.get("parent", "")
    return Resource(
        urn=entry["urn"],
        type=entry["type"],
        name=entry["urn"].rsplit("::", 1)[-1],
        parent="" if "::pulumi:pulumi:Stack::" in parent else parent,
        custom=bool(entry.get("custom")),
        inputs=hidden(entry.get("inputs", {})),
        outputs=hidden(entry.get("outputs", {})),
    )
