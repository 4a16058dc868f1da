"""Resources carry owner, team and cost centre."""

from collections.abc import Mapping

from infra.catalog.values import UNKNOWN, Value
from policy.model import labels
from policy.model.checks import for_types
from policy.model.facts import Facts
from policy.model.labels import LABELLED
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.verdicts import PASS, Fail, Unverified, Verdict

_KEYS = ("owner", "team", "cost-center")


def _labelled(resource: Resource, _facts: Facts) -> Verdict:
    values = {key: labels.label(resource, key) for key in _KEYS}
    missing = [key for key, value in values.items() if value is None]
    if missing:
        bag = labels.bag(resource.type)
        return Fail(f"{bag} has no {', '.join(missing)}", f"add {', '.join(missing)} to {bag}")
    unknown = [key for key, value in values.items() if value is UNKNOWN]
    return Unverified(f"{', '.join(unknown)} are not known before the update") if unknown else PASS


def _label(resource: Resource, facts: Facts) -> Mapping[str, Value]:
    """Add what the environment says; a label that is there already stays."""
    if facts.environment is None:
        return {}
    bag = labels.bag(resource.type)
    given = resource.get(bag)
    if given is UNKNOWN:
        return {}
    missing = {
        key: facts.environment.labels[key]
        for key in _KEYS
        if key in facts.environment.labels and key not in (given or {})
    }
    top, _, inner = bag.partition(".")
    if not missing:
        return {}
    bagged = {**(given or {}), **missing}
    return {top: {**(resource.get(top) or {}), inner: bagged}} if inner else {top: bagged}


RULE = Rule(
    name="resources-say-whose-they-are",
    says="Resources carry owner, team and cost centre",
    why="What nobody owns nobody pays, patches or deletes",
    fix="Label the resource.",
    severity=Severity.MEDIUM,
    frameworks=Frameworks(
        gdpr=("Art. 30",), iso27001=("A.5.9", "A.5.13"), soc2=("CC6.1",), nist=("CM-8", "AC-16"), cis=("1.1",)
    ),
    at_create=for_types(LABELLED, _labelled),
    remedies=for_types(LABELLED, _label),
)
