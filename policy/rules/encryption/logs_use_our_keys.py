"""Logs are encrypted under a key of ours."""

from policy.model.checks import keyed
from policy.model.rule import Frameworks, OnUnknown, Rule, Severity

RULE = Rule(
    name="logs-use-our-keys",
    says="Logs are encrypted under a key of ours",
    why="Logs repeat what passes through: prompts, names, tokens",
    fix="Name a customer-managed key on the log store.",
    severity=Severity.MEDIUM,
    on_unknown=OnUnknown.FAIL,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(a)",),
        hipaa=("164.312(b)", "164.312(a)(2)(iv)"),
        iso27001=("A.8.15", "A.8.24"),
        soc2=("CC6.1",),
        nist=("AU-9(3)", "SC-28(1)"),
        cis=("3.11",),
    ),
    at_create={
        "aws:cloudwatch/logGroup:LogGroup": keyed("kmsKeyId", "set kmsKeyId to a key of this stack"),
        "aws:cloudtrail/trail:Trail": keyed("kmsKeyId", "set kmsKeyId to a key of this stack"),
        "gcp:logging/projectBucketConfig:ProjectBucketConfig": keyed(
            "cmekSettings.kmsKeyName", "set cmekSettings.kmsKeyName to a key of this stack"
        ),
    },
)
