"""Links end where the class of the data on them allows it."""

from policy.model import controls, residence
from policy.model.checks import for_types
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import OnUnknown, Rule, Severity
from policy.model.verdicts import NotApplicable, Verdict


def _at_a_site(link: Resource, facts: Facts) -> Verdict:
    """Judge the end at an own site, which nothing but the component stands for; a cloud's end has ports of its own."""
    if link.get("platform") != "onprem":
        return NotApplicable("its ports are judged themselves")
    return residence.stays(link, facts)


RULE = Rule(
    name="links-end-in-their-jurisdictions",
    says="Links end where the class of the data on them allows it",
    why="What goes through a link arrives at its end",
    fix="End the link in a location of the data class's jurisdictions.",
    severity=Severity.HIGH,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.JURISDICTION,
    at_create={
        "causeway:index:Interconnect": _at_a_site,
        **for_types(
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
    },
)
