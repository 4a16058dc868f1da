"""No port is open to the whole internet."""

from infra.catalog.values import UNKNOWN, Value
from policy.model import controls
from policy.model.checks import all_of, equals, must_not, where
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Rule, Severity
from policy.model.verdicts import PASS, NotApplicable, Unverified, Verdict, worst

_EVERYONE = ("0.0.0.0/0", "::/0", "*", "Internet", "Any")
_FIX = "name the address ranges that may come in"


def _firewall(resource: Resource, facts: Facts) -> Verdict:
    if resource.get("direction") == "EGRESS" or not resource.get("allows"):
        return NotApplicable("it lets nothing in")
    return must_not("sourceRanges[*]", equals(*_EVERYONE), _FIX)(resource, facts)


def _group(resource: Resource, facts: Facts) -> Verdict:
    rules = resource.get("securityRules")
    if rules is UNKNOWN:
        return Unverified("securityRules is not known before the update", "securityRules")
    return worst(
        _opens(resource, facts, f"securityRules[{at}].", rule) for at, rule in enumerate(rules or [])
    )


def _azure_rule(resource: Resource, facts: Facts) -> Verdict:
    return _opens(resource, facts, "", resource.props)


def _opens(resource: Resource, facts: Facts, at: str, rule: Value) -> Verdict:
    if rule.get("access") != "Allow" or rule.get("direction") != "Inbound":
        return PASS
    return all_of(
        must_not(f"{at}sourceAddressPrefix", equals(*_EVERYONE), _FIX),
        must_not(f"{at}sourceAddressPrefixes[*]", equals(*_EVERYONE), _FIX),
    )(resource, facts)


RULE = Rule(
    name="nothing-is-open-to-everyone",
    says="No port is open to the whole internet",
    why="What listens there is reached by everyone, also by mistake",
    fix="Name the ranges that may come in.",
    severity=Severity.HIGH,
    frameworks=controls.BOUNDARY,
    at_create={
        "aws:ec2/securityGroup:SecurityGroup": all_of(
            must_not("ingress[*].cidrBlocks[*]", equals(*_EVERYONE), _FIX),
            must_not("ingress[*].ipv6CidrBlocks[*]", equals(*_EVERYONE), _FIX),
        ),
        "aws:ec2/securityGroupRule:SecurityGroupRule": where(
            "type",
            equals("ingress"),
            all_of(
                must_not("cidrBlocks[*]", equals(*_EVERYONE), _FIX),
                must_not("ipv6CidrBlocks[*]", equals(*_EVERYONE), _FIX),
            ),
            "it lets out, not in",
        ),
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": all_of(
            must_not("cidrIpv4", equals(*_EVERYONE), _FIX), must_not("cidrIpv6", equals(*_EVERYONE), _FIX)
        ),
        "gcp:compute/firewall:Firewall": _firewall,
        "azure-native:network:NetworkSecurityGroup": _group,
        "azure-native:network:SecurityRule": _azure_rule,
    },
)
