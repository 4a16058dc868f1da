"""Whether what holds data is where its class allows."""

from collections.abc import Iterable

from infra.catalog.values import UNKNOWN, Value
from policy.model import labels, places
from policy.model.environment import DataClass
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict, worst

_NO_ENVIRONMENT = Unverified("the stack has not registered its environment, so data classes are not known")


def stays(resource: Resource, facts: Facts) -> Verdict:
    """Judge a resource by the class that its own label names."""
    data = class_of(resource, facts)
    if not isinstance(data, DataClass):
        return data
    return inside(resource, data, places.locations(resource, facts), facts)


def class_of(resource: Resource, facts: Facts) -> DataClass | Unverified | NotApplicable:
    """Give the data class of a resource, or why there is none to judge by."""
    named = labels.data_class(resource)
    if named is None:
        return NotApplicable("it names no data class")
    if facts.environment is None:
        return _NO_ENVIRONMENT
    if named is UNKNOWN:
        return Unverified("its data class is not known before the update")
    known = facts.environment.data_classes.get(named)
    return known or NotApplicable(f"the data class {named} does not exist, which another rule says")


def inside(resource: Resource, data: DataClass, locations: Iterable[Value], facts: Facts) -> Verdict:
    """Judge locations of a resource against a data class."""
    if data.anywhere:
        return PASS
    return worst(_at(resource, data, location, facts) for location in locations)


def _at(resource: Resource, data: DataClass, location: Value, facts: Facts) -> Verdict:
    law = places.jurisdiction(resource, location, facts.environment)
    if isinstance(law, str):
        return Unverified(f"{law}, and data of class {data.name} may not be everywhere", "region")
    if law.within(data.jurisdictions):
        return PASS
    allowed = ", ".join(sorted(data.jurisdictions))
    where = f"{location} in {law}" if places.platform(resource) else str(law)
    return Fail(
        f"it lies in {where}",
        f"put it in a location of {allowed}, or give it a data class that may be in {law}",
        f"data of class {data.name} may be in {allowed} only",
    )
