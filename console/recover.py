"""After a kill: what this machine may hold of an operation that was cut off becomes part of the state again.

The engine notes each creation before it begins. When it dies in the middle, the note stays, and the resource, if there
is one, belongs to nobody. Resources of this machine have an address that is known beforehand, so that the note can be
turned into an entry of the state: the next refresh reads what stands at the address, or finds nothing and drops it.
Of other clouds the note stays, and the engine warns of it: only they can tell what became of it.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from pulumi.automation import Deployment

from console import say, statefile
from console.workspace import Workspace

Entry = dict[str, Any]

_ADDRESS: Mapping[str, Callable[[Entry], str]] = {
    "localhost:index:KeyRing": lambda inputs: str(inputs["path"]),
    "localhost:index:Bucket": lambda inputs: f"{inputs['url']},{inputs.get('keyRing') or ''}".rstrip(","),
    "localhost:index:Job": lambda inputs: str(inputs["directory"]),
    "localhost:index:Service": lambda inputs: str(inputs["directory"]),
}
"""The id that the provider gives to a resource of this machine, from its inputs."""


def recover(workspace: Workspace, stack_name: str) -> bool:
    """Adopt what a killed run may have left; True when there was something, and a refresh must look at it."""
    if not _may_be_cut_off(stack_name):
        return False
    stack = workspace.existing(stack_name)
    exported = stack.export_stack()
    if mended := adopt(exported.deployment or {}):
        stack.import_stack(Deployment(version=exported.version, deployment=mended))
    say.note("an earlier run was cut off: what it left is looked at first")
    return True


def adopt(deployment: Mapping[str, Any]) -> Entry | None:
    """Give a state in which unfinished creations on this machine are entries; None when there are none."""
    pending = list(deployment.get("pending_operations") or ())
    ours = [op for op in pending if op["type"] == "creating" and op["resource"]["type"] in _ADDRESS]
    if not ours:
        return None
    entries = list(deployment.get("resources") or ())
    for op in ours:
        entries = _with(entries, op["resource"])
    return {
        **deployment,
        "resources": entries,
        "pending_operations": [op for op in pending if op not in ours],
    }


def _with(entries: list[Entry], resource: Entry) -> list[Entry]:
    """Add a resource unless it is there already; an entry that only waits for its replacement makes room."""
    others = [entry for entry in entries if not _is_replaced(entry, resource)]
    provider = _provider(others, resource)
    if provider is None or any(
        entry["urn"] == resource["urn"] and not entry.get("delete") for entry in others
    ):
        return others
    address = _ADDRESS[resource["type"]](resource["inputs"])
    return [*others, {**resource, "id": address, "outputs": {}, "provider": provider}]


def _is_replaced(entry: Entry, resource: Entry) -> bool:
    return bool(entry["urn"] == resource["urn"] and entry.get("pendingReplacement"))


def _provider(entries: list[Entry], resource: Entry) -> str | None:
    """Give the provider's reference: its own while that exists, else any of the same package."""
    there = [
        f"{entry['urn']}::{entry['id']}" for entry in entries if entry["type"] == "pulumi:providers:localhost"
    ]
    own = resource.get("provider", "")
    return own if own in there else next(iter(there), None)


def _may_be_cut_off(stack_name: str) -> bool:
    """Look into the state file of this clone, without the engine, which takes a second.

    With another backend this machine's resources are not the usual case, and the engine's own warning stands.
    """
    try:
        state = json.loads(statefile.path(stack_name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    latest = state.get("checkpoint", {}).get("latest") or {}
    return bool(latest.get("pending_operations"))
