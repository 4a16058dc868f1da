"""Keys lie where the class of the data under them allows it."""

from policy.model import residence
from policy.model.checks import for_types
from policy.model.rule import Frameworks, OnUnknown, Rule, Severity

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
            "azure-native:keyvault:Vault",
        ],
        residence.stays,
    ),
    in_stack={"gcp:kms/cryptoKey:CryptoKey": residence.stays},
)
