"""Object stores are encrypted under a key of ours."""

from infra.catalog.values import UNKNOWN
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, OnUnknown, Rule, Severity
from policy.model.verdicts import PASS, Fail, Unverified, Verdict


def _localhost(resource: Resource, facts: Facts) -> Verdict:
    encryption, key_ring = resource.get("encryption"), resource.get("keyRing")
    if encryption is UNKNOWN:
        return Unverified("encryption is not known before the update", "encryption")
    if encryption not in {None, "customer-managed"}:
        return Fail(
            f'encryption is "{encryption}"', 'set encryption to "customer-managed" and keyRing to a key ring'
        )
    if key_ring is UNKNOWN and not facts.graph.referred(resource, "keyRing", "localhost:index:KeyRing"):
        return Unverified("keyRing is not known and comes from no key ring of this stack", "keyRing")
    if key_ring is None:
        return Fail("keyRing is not set", "set keyRing to the path of a key ring of this stack")
    return PASS


RULE = Rule(
    name="stores-use-our-keys",
    says="Object stores are encrypted under a key of ours",
    why="Without a key of ours, who holds the disk or the cloud's default key reads the data",
    fix="Encrypt the store with a customer-managed key of this stack.",
    severity=Severity.CRITICAL,
    on_unknown=OnUnknown.FAIL,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(a)",),
        hipaa=("164.312(a)(2)(iv)",),
        iso27001=("A.8.24",),
        soc2=("CC6.1",),
        nist=("SC-12", "SC-28(1)"),
        cis=("3.11",),
    ),
    at_create={"localhost:index:Bucket": _localhost},
)
