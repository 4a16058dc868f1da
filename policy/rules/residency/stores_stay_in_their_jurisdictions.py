"""Object stores lie where the class of their data allows it."""

from infra.catalog.values import UNKNOWN
from policy.model import labels, places
from policy.model.environment import DataClass, Environment
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, OnUnknown, Rule, Severity
from policy.model.verdicts import PASS, Fail, Unverified, Verdict


def _store(resource: Resource, facts: Facts) -> Verdict:
    if facts.environment is None:
        return Unverified("the stack has not registered its environment, so data classes are not known")
    named = labels.data_class(resource)
    if named is UNKNOWN:
        return Unverified("the data class is not known before the update", "dataClass")
    known = facts.environment.data_classes
    if named not in known:
        return Fail(
            f"its data class is {named!r}", f"set the data class to one of {', '.join(sorted(known))}"
        )
    return _inside(resource, known[named], facts.environment)


def _inside(resource: Resource, data: DataClass, environment: Environment) -> Verdict:
    if data.allows("any"):
        return PASS
    place = places.jurisdiction(resource, environment)
    if not isinstance(place, str):
        return Unverified(f"its place is not known, and {data.name} may not be everywhere", "region")
    if data.allows(place):
        return PASS
    allowed = ", ".join(sorted(data.jurisdictions))
    return Fail(
        f"it lies in {place}",
        f"put it in {allowed}, or give it a data class that may be in {place}",
        f"data of class {data.name} may be in {allowed} only",
    )


RULE = Rule(
    name="stores-stay-in-their-jurisdictions",
    says="Object stores lie where the class of their data allows it",
    why="Data in another jurisdiction falls under that law and its access orders",
    fix="Create the store in a region of the data class's jurisdictions.",
    severity=Severity.CRITICAL,
    on_unknown=OnUnknown.FAIL,
    frameworks=Frameworks(
        gdpr=("Art. 44", "Art. 46"), iso27001=("A.5.31", "A.5.34"), soc2=("CC6.1",), nist=("SA-9(5)", "AC-4")
    ),
    at_create={"localhost:index:Bucket": _store},
)
