"""Logs are kept where the class of what they log allows it."""

from policy.model import controls, places, residence
from policy.model.checks import for_types
from policy.model.environment import DataClass
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import OnUnknown, Rule, Severity
from policy.model.verdicts import Unverified, Verdict, worst

_LOGS = (
    "aws:cloudwatch/logGroup:LogGroup",
    "gcp:logging/projectBucketConfig:ProjectBucketConfig",
    "azure-native:operationalinsights:Workspace",
)


def _strictest(log: Resource, facts: Facts) -> Verdict:
    """A log without a class of its own may repeat anything of the environment, so every class is asked."""
    named = residence.class_of(log, facts)
    if isinstance(named, DataClass):
        return residence.stays(log, facts)
    if isinstance(named, Unverified):
        return named
    if facts.environment is None:
        return Unverified("the stack has not registered its environment, so data classes are not known")
    places_of = places.locations(log, facts)
    return worst(
        residence.inside(log, data, places_of, facts) for data in facts.environment.data_classes.values()
    )


def _sink(sink: Resource, facts: Facts) -> Verdict:
    """A sink copies logs to a bucket or a data set: what is no log itself is judged here."""
    targets = facts.graph.referred(sink, "destination")
    if not targets:
        return Unverified(
            "destination is not a resource of this stack, so its place is not known", "destination"
        )
    return worst(_strictest(target, facts) for target in targets if target.type not in _LOGS)


RULE = Rule(
    name="logs-stay-in-their-jurisdictions",
    says="Logs are kept where the class of what they log allows it",
    why="Logs repeat what passes through: names, prompts, addresses",
    fix="Keep logs in a location of the data class's jurisdictions.",
    severity=Severity.HIGH,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.JURISDICTION,
    at_create=for_types(_LOGS, _strictest),
    in_stack={"gcp:logging/projectSink:ProjectSink": _sink},
)
