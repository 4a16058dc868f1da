"""Secret stores are encrypted under a key of ours."""

from policy.model import controls
from policy.model.checks import any_of, keyed
from policy.model.rule import OnUnknown, Rule, Severity

_GCP_FIX = "set customerManagedEncryption.kmsKeyName of every replica to a key of this stack"


RULE = Rule(
    name="stored-secrets-use-our-keys",
    says="Secret stores are encrypted under a key of ours",
    why="The secret of all secrets should not be the default one",
    fix="Name a customer-managed key on the secret.",
    severity=Severity.HIGH,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.AT_REST,
    at_create={"aws:secretsmanager/secret:Secret": keyed("kmsKeyId", "set kmsKeyId to a key of this stack")},
    in_stack={
        "gcp:secretmanager/secret:Secret": any_of(
            keyed("replication.userManaged.replicas[0].customerManagedEncryption.kmsKeyName", _GCP_FIX),
            keyed("replication.auto.customerManagedEncryption.kmsKeyName", _GCP_FIX),
        )
    },
)
