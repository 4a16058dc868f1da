"""The components as other projects and other languages see them."""

import json
from typing import Any

import pulumi
from pulumi.errors import InputPropertiesError, InputPropertyErrorDetails
from pulumi.provider.experimental.analyzer import ComponentDefinition
from pulumi.provider.experimental.component import ComponentProvider

from components.gpu_cluster.shape import GpuCluster
from components.identity.shape import Identity
from components.inference_service.shape import InferenceService
from components.interconnect.shape import Interconnect
from components.key_ring.shape import KeyRing
from components.network.shape import Network
from components.object_store.shape import ObjectStore
from components.shared_filesystem.shape import SharedFilesystem
from components.training_job.shape import TrainingJob
from infra.problems import nearest

# Account gives providers, which only a program in Python can take: a program elsewhere brings its own
COMPONENTS = [
    KeyRing,
    Network,
    ObjectStore,
    SharedFilesystem,
    GpuCluster,
    Interconnect,
    Identity,
    TrainingJob,
    InferenceService,
]


class Package(ComponentProvider):
    """Pulumi's host of components, which also refuses inputs that a component does not have."""

    def __init__(self) -> None:
        super().__init__(COMPONENTS, "causeway", version="0.1.0")
        self.schema = json.dumps(_compilable(json.loads(self.schema or "{}")))

    def map_inputs(self, inputs: pulumi.Inputs, component_def: ComponentDefinition) -> pulumi.Inputs:
        """Give the inputs their names in Python.

        Raises:
            InputPropertiesError: Some are of no such component; all of them are named.
        """
        known = component_def.inputs
        unknown = [name for name in inputs if name not in known]
        if unknown:
            errors = [
                InputPropertyErrorDetails(property_path=name, reason=_reason(name, list(known)))
                for name in unknown
            ]
            raise InputPropertiesError(f"{component_def.name} has no such inputs", errors)
        return super().map_inputs(inputs, component_def)


def _compilable(schema: dict[str, Any]) -> dict[str, Any]:
    """Let objects in a mapping take outputs: for plain ones Pulumi's SDK for Go names a type that it never writes."""
    for component in schema["resources"].values():
        for given in component["inputProperties"].values():
            one = given.get("additionalProperties", {})
            if ":index:" in one.get("$ref", ""):
                one.pop("plain", None)
    return schema


def _reason(name: str, known: list[str]) -> str:
    close = nearest(name, known)
    return f"is no input; did you mean {close!r}?" if close else f"is no input; allowed: {', '.join(known)}"
