"""Labels of a resource, wherever its type keeps them."""

from infra.catalog.values import UNKNOWN, Value
from policy.model.environment import Environment
from policy.model.resource import Resource

DATA_CLASS = "data-class"
"""The label that names the class of the data a resource holds."""

_BAGS = ("tagsAll", "tags", "labels", "userLabels", "resourceLabels", "metadata.labels")
# aws and azure-native: tags; gcp: labels, userLabels (sql), resourceLabels (gke); kubernetes: metadata.labels


def label(resource: Resource, key: str) -> Value:
    """Give a label's value: None when it is not set, UNKNOWN when it or all labels are unknown."""
    for bag in _BAGS:
        value = resource.get(f"{bag}.{key}")
        if value is not None:
            return value
    return None


def data_class(resource: Resource) -> Value:
    """Give the name of the data class that a resource says it holds; None when it says nothing."""
    named = resource.get("dataClass") if resource.type.startswith("localhost:") else None
    return label(resource, DATA_CLASS) if named is None else named


def team(resource: Resource, environment: Environment | None) -> str:
    """Give the team that pays: the resource's own label, else the environment's, else the empty string."""
    own = label(resource, "team")
    if isinstance(own, str):
        return own
    return environment.labels.get("team", "") if environment and own is not UNKNOWN else ""
