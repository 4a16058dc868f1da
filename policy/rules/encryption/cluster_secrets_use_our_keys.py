"""Secrets in a cluster are encrypted under a key of ours."""

from policy.model import controls
from policy.model.checks import all_of, contains, equals, is_true, keyed, must
from policy.model.rule import OnUnknown, Rule, Severity

RULE = Rule(
    name="cluster-secrets-use-our-keys",
    says="Secrets in a cluster are encrypted under a key of ours",
    why="Whoever reads the cluster's store reads every token and certificate in it",
    fix="Give the cluster a key for its secrets.",
    severity=Severity.CRITICAL,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.AT_REST,
    at_create={
        "aws:eks/cluster:Cluster": all_of(
            must(
                "encryptionConfig.resources",
                contains("secrets"),
                'set encryptionConfig.resources to ["secrets"]',
            ),
            keyed(
                "encryptionConfig.provider.keyArn",
                "set encryptionConfig.provider.keyArn to a key of this stack",
            ),
        ),
        "gcp:container/cluster:Cluster": all_of(
            must(
                "databaseEncryption.state",
                equals("ENCRYPTED", "ALL_OBJECTS_ENCRYPTION_ENABLED"),
                'set databaseEncryption.state to "ENCRYPTED"',
            ),
            keyed("databaseEncryption.keyName", "set databaseEncryption.keyName to a key of this stack"),
        ),
        "azure-native:containerservice:ManagedCluster": all_of(
            must(
                "securityProfile.azureKeyVaultKms.enabled",
                is_true,
                "set securityProfile.azureKeyVaultKms.enabled to true",
            ),
            keyed(
                "securityProfile.azureKeyVaultKms.keyId",
                "set securityProfile.azureKeyVaultKms.keyId to a key of this stack",
            ),
        ),
    },
)
