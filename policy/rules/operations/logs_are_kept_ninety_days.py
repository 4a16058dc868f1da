"""Logs are kept for ninety days or more."""

from collections.abc import Mapping

from infra.catalog.values import Value
from policy.model.checks import at_least, must
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Remedy, Rule, Severity


def _longer(path: str) -> Remedy:
    def remedy(resource: Resource, _facts: Facts) -> Mapping[str, Value]:
        days = resource.get(path)
        return {path: 90} if isinstance(days, int) and 0 < days < 90 else {}

    return remedy


RULE = Rule(
    name="logs-are-kept-ninety-days",
    says="Logs are kept for ninety days or more",
    why="An intrusion is found after weeks, when short logs are gone",
    fix="Lengthen the retention.",
    severity=Severity.MEDIUM,
    frameworks=Frameworks(
        gdpr=("Art. 5(2)", "Art. 33"),
        hipaa=("164.312(b)",),
        iso27001=("A.8.15",),
        soc2=("CC7.2",),
        nist=("AU-11",),
        cis=("8.10",),
    ),
    at_create={
        "aws:cloudwatch/logGroup:LogGroup": must(
            "retentionInDays", lambda days: days == 0 or days >= 90, "set retentionInDays to 90", unset="pass"
        ),
        "gcp:logging/projectBucketConfig:ProjectBucketConfig": must(
            "retentionDays", at_least(90), "set retentionDays to 90"
        ),
        "azure-native:operationalinsights:Workspace": must(
            "retentionInDays", at_least(90), "set retentionInDays to 90"
        ),
        "azure-native:network:FlowLog": must(
            "retentionPolicy.days", at_least(90), "set retentionPolicy.days to 90"
        ),
    },
    remedies={
        "aws:cloudwatch/logGroup:LogGroup": _longer("retentionInDays"),
        "gcp:logging/projectBucketConfig:ProjectBucketConfig": _longer("retentionDays"),
        "azure-native:operationalinsights:Workspace": _longer("retentionInDays"),
    },
)
