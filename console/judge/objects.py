"""What a stack wants in its clusters, read from the engine's state."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""By which Pulumi marks secrets and assets (sdk/go/common/resource/sig)."""

NOT_OBJECTS = ("pulumi", "helm.sh", "yaml", "kustomize")
"""Groups of types of the Pulumi package that are no object of an API: its provider, charts and bundles."""


@dataclass(frozen=True)
class Wanted:
    """One object."""

    urn: str
    """Its place in the stack."""
    uid: str
    """What tells it from a successor of the same name."""
    body: Mapping[str, Any]
    """The manifest."""

    @property
    def version(self) -> str:
        """The group and version of its API, such as `apps/v1`."""
        return str(self.body.get("apiVersion", ""))

    @property
    def group(self) -> str:
        """The API group; empty for the core."""
        return self.version.rpartition("/")[0]

    @property
    def kind(self) -> str:
        """Its kind, such as `Deployment`."""
        return str(self.body.get("kind", ""))

    @property
    def name(self) -> str:
        """Its name."""
        return str((self.body.get("metadata") or {}).get("name", ""))

    @property
    def namespace(self) -> str:
        """Its namespace; empty when it names none."""
        return str((self.body.get("metadata") or {}).get("namespace") or "")


def wanted(deployment: Mapping[str, Any]) -> tuple[Wanted, ...]:
    """List the objects of a stack in the order in which the engine made them.

    Args:
        deployment: The state with its secrets open, as `pulumi stack export --show-secrets` writes it.
    """
    return tuple(_wanted(one) for one in resources(deployment) if _is_object(one["type"]))


def resources(deployment: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """List the resources of a deployment."""
    found: list[Mapping[str, Any]] = (deployment.get("deployment") or {}).get("resources") or []
    return found


def _is_object(token: str) -> bool:
    package, group, *_ = (*token.split(":"), "")
    return package == "kubernetes" and group.partition("/")[0] not in NOT_OBJECTS


def _wanted(resource: Mapping[str, Any]) -> Wanted:
    body = opened(resource["inputs"])
    uid = (resource.get("outputs", {}).get("metadata") or {}).get("uid", "")
    return Wanted(resource["urn"], str(uid), {key: body[key] for key in body if key != "__defaults"})


def opened(value: Any) -> Any:
    """Take marks of secrets off, and what the engine keeps for itself."""
    if isinstance(value, Mapping):
        if "plaintext" in value and _SIGNATURE in value:
            return opened(json.loads(value["plaintext"]))
        return {key: opened(inner) for key, inner in value.items() if key != "__defaults"}
    if isinstance(value, list):
        return [opened(inner) for inner in value]
    return value


def pods(one: Wanted) -> Iterator[Mapping[str, Any]]:
    """Give the pod that a controller would make of an object; none for objects that make none.

    An API server takes a job whose pods it would refuse: that shows only when the pod is asked for.
    """
    template = _template(one.body)
    if template is None:
        return
    metadata = {**(template.get("metadata") or {}), "name": one.name}
    yield {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**metadata, "namespace": one.namespace or "default"},
        "spec": template.get("spec") or {},
    }


def _template(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    spec = body.get("spec") or {}
    if body.get("kind") == "CronJob":
        spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    makers = {"Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "Job", "CronJob"}
    found = spec.get("template") if body.get("kind") in makers else None
    return found if isinstance(found, Mapping) else None
