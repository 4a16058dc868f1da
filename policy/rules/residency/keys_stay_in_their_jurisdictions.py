"""Keys lie where the class of the data under them allows it."""

from policy.model import places, residence
from policy.model.checks import for_types
from policy.model.environment import DataClass
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Check, Frameworks, OnUnknown, Rule, Severity
from policy.model.verdicts import NotApplicable, Unverified, Verdict, worst

_KEY, _RING = "gcp:kms/cryptoKey:CryptoKey", "gcp:kms/keyRing:KeyRing"
_SECRET_KEY, _VAULT = "azure-native:keyvault:Key", "azure-native:keyvault:Vault"


def _holder(path: str, kind: str) -> Check:
    """Judge a ring or a vault by the class of every key in it, so that one in the wrong place is one finding."""

    def check(holder: Resource, facts: Facts) -> Verdict:
        classes = [residence.class_of(key, facts) for key in facts.graph.pointing_at(holder, path, kind)]
        where = places.locations(holder, facts)
        return worst(
            residence.inside(holder, data, where, facts) if isinstance(data, DataClass) else data
            for data in (*classes, residence.class_of(holder, facts))
        )

    return check


def _held(path: str, kind: str) -> Check:
    """Judge a key that lies in a ring or a vault of another stack by the place that its own inputs name."""

    def check(key: Resource, facts: Facts) -> Verdict:
        if facts.graph.referred(key, path, kind):
            return NotApplicable("what holds it is judged")
        if isinstance(residence.class_of(key, facts), DataClass) and kind == _VAULT:
            return Unverified("its vault is not one of this stack, so its place is not known", path)
        return residence.stays(key, facts)

    return check


RULE = Rule(
    name="keys-stay-in-their-jurisdictions",
    says="Keys lie where the class of the data under them allows it",
    why="Who is ordered to hand over a key hands over the data",
    fix="Create the key in a location of the data class's jurisdictions.",
    severity=Severity.CRITICAL,
    on_unknown=OnUnknown.FAIL,
    frameworks=Frameworks(
        gdpr=("Art. 44", "Art. 46"),
        iso27001=("A.5.31", "A.5.34"),
        soc2=("CC6.1", "C1.1"),
        nist=("SA-9(5)", "AC-4"),
        hipaa=("164.312(a)(2)(iv)",),
    ),
    at_create=for_types(
        [
            "localhost:index:KeyRing",
            "aws:kms/key:Key",
            "aws:kms/replicaKey:ReplicaKey",
        ],
        residence.stays,
    ),
    in_stack={
        _RING: _holder("keyRing", _KEY),
        _VAULT: _holder("vaultName", _SECRET_KEY),
        _KEY: _held("keyRing", _RING),
        _SECRET_KEY: _held("vaultName", _VAULT),
    },
)
