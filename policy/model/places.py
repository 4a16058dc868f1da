"""Where a resource is: its region, and the jurisdiction of that region."""

from infra.catalog.cost.estimate import Place
from infra.catalog.values import UNKNOWN, Value
from policy.model.environment import Environment
from policy.model.resource import Resource


def paid(resource: Resource, environment: Environment | None) -> Place:
    """Give the place whose prices hold for a resource."""
    return Place(region(resource, environment))


def region(resource: Resource, environment: Environment | None) -> Value:
    """Give the region: the resource's own, else its explicit provider's, else the environment's; else None."""
    for value in (resource.get("region"), resource.get("location"), _of_provider(resource)):
        if value is not None:
            return value
    return environment.region if environment and environment.region else None


def jurisdiction(resource: Resource, environment: Environment | None) -> Value:
    """Give the jurisdiction: that of the region on a cloud, the environment's own on an own site; None: not known."""
    place = region(resource, environment)
    if place is UNKNOWN:
        return UNKNOWN
    return environment.jurisdiction if environment and environment.jurisdiction else None


def _of_provider(resource: Resource) -> Value:
    return resource.provider.props.get("region") if resource.provider else None
