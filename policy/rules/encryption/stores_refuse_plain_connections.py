"""Object stores refuse connections without TLS."""

from collections.abc import Mapping

from infra.catalog.values import Value
from policy.model import controls
from policy.model.checks import all_of, equals, is_false, is_true, must, must_not
from policy.model.documents import bool_condition, statements
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Rule, Severity
from policy.model.verdicts import PASS, Fail, Verdict

_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
_FIX = 'add a bucket policy that denies s3:* where aws:SecureTransport is "false"'


def _aws(bucket: Resource, facts: Facts) -> Verdict:
    """Demand a policy; what it says is judged before its own create, when every name in it is known."""
    if facts.graph.pointing_at(bucket, "bucket", _POLICY):
        return PASS
    return Fail("it has no bucket policy", _FIX)


def _denies_plain(policy: Value) -> bool:
    return any(
        statement.get("Effect") == "Deny" and is_false(bool_condition(statement, "aws:SecureTransport"))
        for statement in statements(policy)
    )


def _raise_floor(account: Resource, _facts: Facts) -> Mapping[str, Value]:
    better: dict[str, Value] = {}
    if account.get("enableHttpsTrafficOnly") is False:
        better["enableHttpsTrafficOnly"] = True
    if account.get("minimumTlsVersion") in {None, "TLS1_0", "TLS1_1"}:
        better["minimumTlsVersion"] = "TLS1_2"
    return better


RULE = Rule(
    name="stores-refuse-plain-connections",
    says="Object stores refuse connections without TLS",
    why="One client that forgets TLS sends data and credentials in the open",
    fix="Refuse plain HTTP and versions below 1.2.",
    severity=Severity.HIGH,
    frameworks=controls.IN_TRANSIT,
    at_create={
        _POLICY: must("policy", _denies_plain, _FIX),
        # rook.io: CephObjectStore CRD, gateway settings; CephCluster CRD, network configuration
        "kubernetes:ceph.rook.io/v1:CephObjectStore": all_of(
            must_not("spec.gateway.port", bool, "remove spec.gateway.port, which is the one without TLS"),
            must("spec.gateway.securePort", bool, "set spec.gateway.securePort to 443"),
            must("spec.gateway.sslCertificateRef", bool, "set spec.gateway.sslCertificateRef to a secret"),
        ),
        "kubernetes:ceph.rook.io/v1:CephCluster": must(
            "spec.network.connections.encryption.enabled",
            is_true,
            "set spec.network.connections.encryption.enabled to true",
        ),
        "azure-native:storage:StorageAccount": all_of(
            must("enableHttpsTrafficOnly", is_true, "set enableHttpsTrafficOnly to true", unset="pass"),
            must("minimumTlsVersion", equals("TLS1_2", "TLS1_3"), 'set minimumTlsVersion to "TLS1_2"'),
        ),
    },
    in_stack={"aws:s3/bucket:Bucket": _aws},
    remedies={"azure-native:storage:StorageAccount": _raise_floor},
)
