"""A deleted key can be brought back for at least a week."""

from policy.model.checks import all_of, at_least, for_types, is_true, must
from policy.model.rule import Frameworks, Rule, Severity

RULE = Rule(
    name="keys-survive-a-mistake",
    says="A deleted key can be brought back for at least a week",
    why="Data whose key is gone is gone, and a wrong destroy takes the key first",
    fix="Lengthen the deletion window.",
    severity=Severity.HIGH,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(c)",),
        iso27001=("A.8.13", "A.8.24"),
        soc2=("CC7.5",),
        nist=("CP-9", "SC-12(1)"),
        cis=("11.3",),
    ),
    at_create={
        **for_types(
            ["aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey"],
            must("deletionWindowInDays", at_least(7), "set deletionWindowInDays to 30", unset="pass"),
        ),
        "gcp:kms/cryptoKey:CryptoKey": must(
            "destroyScheduledDuration",
            at_least(604800),
            'set destroyScheduledDuration to "2592000s"',
            unset="pass",
        ),
        "azure-native:keyvault:Vault": all_of(
            must("properties.enablePurgeProtection", is_true, "set properties.enablePurgeProtection to true"),
            must(
                "properties.softDeleteRetentionInDays",
                at_least(7),
                "set properties.softDeleteRetentionInDays to 90",
                unset="pass",
            ),
        ),
    },
)
