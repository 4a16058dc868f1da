"""Networks log their flows."""

from policy.model.checks import present
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Verdict

_NETWORK = "gcp:compute/network:Network"
_WAYS_OUT = tuple(
    f"gcp:compute/{kind}"
    for kind in (
        "haVpnGateway:HaVpnGateway",
        "networkPeering:NetworkPeering",
        "route:Route",
        "router:Router",
        "vPNGateway:VPNGateway",
    )
)


def _subnetwork(subnet: Resource, facts: Facts) -> Verdict:
    if subnet.get("purpose") in {"REGIONAL_MANAGED_PROXY", "PRIVATE_SERVICE_CONNECT"}:
        return NotApplicable("subnets for proxies have no flow logs")
    networks = facts.graph.referred(subnet, "network", _NETWORK)
    if networks and not any(_leads_out(network, facts) for network in networks):
        return NotApplicable("only RDMA interfaces join its network, and nothing leads out of it")
    return present("logConfig", "set logConfig with flowSampling and metadata")(subnet, facts)


def _leads_out(network: Resource, facts: Facts) -> bool:
    """Tell whether data can leave a network: one with a profile for RDMA takes only RDMA interfaces.

    Source: cloud.google.com/vpc/docs/rdma-network-profiles, specifications. Its features name no flow logs at all.
    """
    if not str(network.get("networkProfile")).endswith(("-vpc-roce", "-vpc-falcon")):
        return True
    return bool(facts.graph.pointing_at(network, "network", *_WAYS_OUT))


def _vpc(vpc: Resource, facts: Facts) -> Verdict:
    if facts.graph.pointing_at(vpc, "vpcId", "aws:ec2/flowLog:FlowLog"):
        return PASS
    return Fail("it has no flow log", "add an aws:ec2/flowLog:FlowLog with its vpcId")


def _virtual_network(network: Resource, facts: Facts) -> Verdict:
    if facts.graph.pointing_at(network, "targetResourceId", "azure-native:network:FlowLog"):
        return PASS
    return Fail("it has no flow log", "add an azure-native:network:FlowLog with its id as targetResourceId")


RULE = Rule(
    name="networks-log-their-flows",
    says="Networks log their flows",
    why="Data that leaves through the network leaves no other trace",
    fix="Switch flow logs on.",
    severity=Severity.MEDIUM,
    frameworks=Frameworks(
        gdpr=("Art. 33",),
        hipaa=("164.312(b)",),
        iso27001=("A.8.15", "A.8.16"),
        soc2=("CC7.2",),
        nist=("AU-12", "SI-4"),
        cis=("13.6",),
    ),
    in_stack={
        "aws:ec2/vpc:Vpc": _vpc,
        "gcp:compute/subnetwork:Subnetwork": _subnetwork,
        "azure-native:network:VirtualNetwork": _virtual_network,
    },
)
