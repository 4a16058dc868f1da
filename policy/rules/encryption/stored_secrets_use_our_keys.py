"""Secret stores are encrypted under a key of ours."""

from policy.model.checks import any_of, keyed
from policy.model.rule import Frameworks, OnUnknown, Rule, Severity

_GCP_FIX = "set customerManagedEncryption.kmsKeyName of every replica to a key of this stack"


RULE = Rule(
    name="stored-secrets-use-our-keys",
    says="Secret stores are encrypted under a key of ours",
    why="The secret of all secrets should not be the default one",
    fix="Name a customer-managed key on the secret.",
    severity=Severity.HIGH,
    on_unknown=OnUnknown.FAIL,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(a)",),
        hipaa=("164.312(a)(2)(iv)",),
        iso27001=("A.8.24",),
        soc2=("CC6.1",),
        nist=("SC-12", "SC-28(1)"),
        cis=("3.11",),
    ),
    at_create={"aws:secretsmanager/secret:Secret": keyed("kmsKeyId", "set kmsKeyId to a key of this stack")},
    in_stack={
        "gcp:secretmanager/secret:Secret": any_of(
            keyed("replication.userManaged.replicas[0].customerManagedEncryption.kmsKeyName", _GCP_FIX),
            keyed("replication.auto.customerManagedEncryption.kmsKeyName", _GCP_FIX),
        )
    },
)
