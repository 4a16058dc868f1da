"""Object stores are encrypted under a key of ours."""

from infra.catalog.values import UNKNOWN
from policy.model import access_logs, controls
from policy.model.checks import all_of, equals, keyed, must
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import OnUnknown, Rule, Severity
from policy.model.verdicts import Fail, NotApplicable, Unverified, Verdict

_SIDECAR = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
_DEFAULT = "rules[0].applyServerSideEncryptionByDefault"


def _localhost(resource: Resource, facts: Facts) -> Verdict:
    encryption = resource.get("encryption")
    if encryption is UNKNOWN:
        return Unverified("encryption is not known before the update", "encryption")
    if encryption not in {None, "customer-managed"}:
        return Fail(
            f'encryption is "{encryption}"', 'set encryption to "customer-managed" and keyRing to a key ring'
        )
    return keyed("keyRing", "set keyRing to the path of a key ring of this stack")(resource, facts)


def _aws(bucket: Resource, facts: Facts) -> Verdict:
    """On AWS the encryption of a bucket is a resource of its own; without one the cloud's key is used."""
    configured = facts.graph.pointing_at(bucket, "bucket", _SIDECAR)
    if not configured:
        return Fail("it has no encryption configuration", f"add a {_SIDECAR} with a key of ours")
    if access_logs.takes(bucket, facts):
        # S3 User Guide, server access logging: a bucket that takes access logs can't have a KMS key as its default
        return NotApplicable("S3 delivers access logs only to buckets under its own key")
    kms = must(
        f"{_DEFAULT}.sseAlgorithm",
        equals("aws:kms", "aws:kms:dsse"),
        f'set {_DEFAULT}.sseAlgorithm to "aws:kms"',
    )
    ours = keyed(f"{_DEFAULT}.kmsMasterKeyId", f"set {_DEFAULT}.kmsMasterKeyId to a key of this stack")
    return all_of(kms, ours)(configured[0], facts)


RULE = Rule(
    name="stores-use-our-keys",
    says="Object stores are encrypted under a key of ours",
    why="Without a key of ours, who holds the disk or the cloud's default key reads the data",
    fix="Encrypt the store with a customer-managed key of this stack.",
    severity=Severity.CRITICAL,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.AT_REST,
    at_create={
        "localhost:index:Bucket": _localhost,
        "kubernetes:ceph.rook.io/v1:CephObjectStore": all_of(
            # rook.io, CephObjectStore CRD, security settings: without `kms` the gateway encrypts nothing
            must(
                "spec.security.kms.connectionDetails.KMS_PROVIDER",
                bool,
                "set spec.security.kms to our key server",
            ),
            must("spec.security.kms.tokenSecretName", bool, "set spec.security.kms.tokenSecretName"),
        ),
        "gcp:storage/bucket:Bucket": keyed(
            "encryption.defaultKmsKeyName",
            "set encryption.defaultKmsKeyName to a gcp.kms.CryptoKey of this stack",
        ),
        "azure-native:storage:StorageAccount": all_of(
            must(
                "encryption.keySource",
                equals("Microsoft.Keyvault"),
                'set encryption.keySource to "Microsoft.Keyvault" and encryption.keyVaultProperties to a key of ours',
            ),
            must(
                "encryption.keyVaultProperties.keyName",
                bool,
                "set encryption.keyVaultProperties.keyName to a key of ours",
            ),
        ),
    },
    in_stack={"aws:s3/bucket:Bucket": _aws},
)
