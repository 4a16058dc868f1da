"""Links that may carry personal data are encrypted on the wire."""

from infra.catalog.values import UNKNOWN, get
from policy.model import controls, labels
from policy.model.checks import Check, equals, is_true, must
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import OnUnknown, Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict


def _if_personal(check: Check) -> Check:
    """Ask only where the link, or anything in its environment, may carry personal data."""

    def asked(resource: Resource, facts: Facts) -> Verdict:
        environment = facts.environment
        if environment is None:
            return Unverified("the stack has not registered its environment, so data classes are not known")
        named = labels.data_class(resource)
        classes = (
            [environment.data_classes[named]]
            if named in environment.data_classes
            else environment.data_classes.values()
        )
        if not any(data.personal for data in classes):
            return NotApplicable("no personal data passes here")
        return check(resource, facts)

    return asked


def _every_link(port: Resource, _facts: Facts) -> Verdict:
    """A port of ExpressRoute Direct is a pair of links, and each has a key of its own."""
    links = [found for found in port.find("links[*]") if found.value is not UNKNOWN]
    open_ones = [one.path for one in links if get(one.value, "macSecConfig.cakSecretIdentifier") is None]
    if not links:
        return NotApplicable("its links are switched off until an update names them")
    fix = "set macSecConfig with its secrets on every link"
    return Fail(f"{', '.join(open_ones)} has no macSecConfig", fix) if open_ones else PASS


_OWN = "ports of your own with MACsec; nothing encrypts the whole way over a carrier's"


def _carried(_link: Resource, _facts: Facts) -> Verdict:
    """The port is the carrier's, so no key of ours is on it."""
    return Fail("it is a carrier's connection, which has no MACsec", _OWN)


def _by_a_partner(attachment: Resource, _facts: Facts) -> Verdict:
    kind = attachment.get("type")
    if kind is UNKNOWN:
        return Unverified("whose port it is on is not known yet")
    if kind != "PARTNER":
        return NotApplicable("its port is judged itself")
    return Fail("it is on a partner's port, which has no MACsec", _OWN)


def _by_a_provider(circuit: Resource, _facts: Facts) -> Verdict:
    if circuit.get("serviceProviderProperties") is None:
        return NotApplicable("its port is judged itself")
    return Fail("it is a carrier's circuit, which has no MACsec", _OWN)


RULE = Rule(
    name="links-with-personal-data-are-encrypted",
    says="Links that may carry personal data are encrypted on the wire",
    why="A private line is private from the public, not from its carrier",
    fix="Use MACsec on the port, or IPsec above it.",
    severity=Severity.HIGH,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.IN_TRANSIT,
    at_create={
        "aws:directconnect/connection:Connection": _if_personal(
            must(
                "encryptionMode",
                equals("must_encrypt"),
                'set requestMacsec to true and encryptionMode to "must_encrypt"',
            )
        ),
        "aws:directconnect/connectionConfirmation:ConnectionConfirmation": _if_personal(_carried),
        "gcp:compute/interconnectAttachment:InterconnectAttachment": _if_personal(_by_a_partner),
        "azure-native:network:ExpressRouteCircuit": _if_personal(_by_a_provider),
        "gcp:compute/interconnect:Interconnect": _if_personal(
            must("macsecEnabled", is_true, "set macsecEnabled to true")
        ),
        "azure-native:network:ExpressRoutePort": _if_personal(_every_link),
    },
)
