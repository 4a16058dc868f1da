"""Links end where the class of the data on them allows it."""

from policy.model import controls, residence
from policy.model.checks import for_types
from policy.model.rule import OnUnknown, Rule, Severity

RULE = Rule(
    name="links-end-in-their-jurisdictions",
    says="Links end where the class of the data on them allows it",
    why="What goes through a link arrives at its end",
    fix="End the link in a location of the data class's jurisdictions.",
    severity=Severity.HIGH,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.JURISDICTION,
    at_create=for_types(
        [
            "aws:directconnect/connection:Connection",
            "aws:directconnect/transitVirtualInterface:TransitVirtualInterface",
            "aws:directconnect/privateVirtualInterface:PrivateVirtualInterface",
            "gcp:compute/interconnectAttachment:InterconnectAttachment",
            "azure-native:network:ExpressRoutePort",
            "azure-native:network:ExpressRouteCircuit",
        ],
        residence.stays,
    ),
)
