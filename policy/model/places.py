"""Where a resource is: its location, and whose law holds there."""

import re
from collections.abc import Callable, Mapping

from infra.catalog import regions
from infra.catalog.regions import Jurisdiction
from infra.catalog.rows import CatalogError
from infra.catalog.values import UNKNOWN, Value
from policy.model.environment import Environment
from policy.model.facts import Facts
from policy.model.resource import Resource

_NAMED = ("region", "location", "availabilityZone", "zone")
_CABLES = (
    "aws:directconnect/connection:Connection",
    "aws:directconnect/linkAggregationGroup:LinkAggregationGroup",
)
"""Types whose `location` is a meeting point of cables, not a region; what they carry ends in their region."""

_PLATFORMS = {"aws": "aws", "gcp": "gcp", "azure-native": "azure"}


def platform(resource: Resource) -> str:
    """Give the cloud of a resource by its package; the empty string on an own site and on this machine."""
    return _PLATFORMS.get(resource.type.split(":", 1)[0], "")


def region(resource: Resource, environment: Environment | None) -> Value:
    """Give the region: the resource's own, else its explicit provider's, else the environment's; else None."""
    named = ("region", "availabilityZone") if resource.type in _CABLES else _NAMED
    for value in (
        *(resource.get(path) for path in named),
        _home(resource),
    ):
        if value is not None:
            return value
    return environment.region if environment and environment.region else None


def locations(resource: Resource, facts: Facts) -> list[Value]:
    """List every location that a resource keeps data in; UNKNOWN stands for one that is not known yet."""
    special = _SPECIAL.get(resource.type)
    found = special(resource, facts) if special else []
    return found or [region(resource, facts.environment)]


def jurisdiction(resource: Resource, location: Value, environment: Environment | None) -> Jurisdiction | str:
    """Say whose law holds at a location of a resource; a text says why nobody knows."""
    cloud = platform(resource)
    if not cloud:
        return own_site(environment.jurisdiction) if environment and environment.jurisdiction else _NO_SITE
    if location is UNKNOWN:
        return "its location is not known before the update"
    if not isinstance(location, str) or not location:
        return "neither it nor its provider names a location"
    try:
        return regions.jurisdiction_of(cloud, location)
    except CatalogError as error:
        return str(error)


def own_site(name: str) -> Jurisdiction:
    """Give the jurisdiction that an environment states for its own site: an area or a country."""
    return regions.named(name)


_NO_SITE = "the environment states no jurisdiction"


def _home(resource: Resource) -> Value:
    if resource.provider is None:
        return None
    props = resource.provider.props
    region = props.get("region")
    return props.get("location") if region is None else region


def _key_ring(key: Resource, facts: Facts) -> list[Value]:
    """A key of Cloud KMS lies where its key ring does."""
    rings = facts.graph.referred(key, "keyRing", "gcp:kms/keyRing:KeyRing")
    if rings:
        return [ring.get("location") for ring in rings]
    named = re.search(r"/locations/([^/]+)/", str(key.get("keyRing")))
    return [named[1] if named else UNKNOWN]


def _bucket(bucket: Resource, _facts: Facts) -> list[Value]:
    """A dual-region bucket names both of its regions."""
    return [found.value for found in bucket.find("customPlacementConfig.dataLocations[*]")]


def _topic(topic: Resource, _facts: Facts) -> list[Value]:
    """A topic that names no regions keeps messages wherever they were written: no place of its own is known."""
    return [found.value for found in topic.find("messageStoragePolicy.allowedPersistenceRegions[*]")] or [
        None
    ]


def _listed(path: str) -> Callable[[Resource, Facts], list[Value]]:
    return lambda resource, _facts: [found.value for found in resource.find(path)]


_SPECIAL: Mapping[str, Callable[[Resource, Facts], list[Value]]] = {
    "gcp:kms/cryptoKey:CryptoKey": _key_ring,
    "gcp:storage/bucket:Bucket": _bucket,
    "gcp:compute/snapshot:Snapshot": _listed("storageLocations[*]"),
    "gcp:pubsub/topic:Topic": _topic,
}
