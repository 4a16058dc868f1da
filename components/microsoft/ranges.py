"""IPv4 ranges that a stack on Azure uses beside its network, and those that AKS keeps."""

from ipaddress import IPv4Network

from infra.problems import Problem

PODS, SERVICES = IPv4Network("100.64.0.0/14"), IPv4Network("100.68.0.0/16")
"""Addresses of pods and services are the cluster's own: no other network ever sees them (RFC 6598)."""

BORDER = IPv4Network("192.168.255.0/25")
"""From where each circuit gets the two ranges of its BGP sessions; nobody else ever sees them."""

# https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning
AKS = tuple(map(IPv4Network, ("169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24")))
"""Ranges that neither pods, services nor the network of an AKS cluster may use."""

USED = {
    PODS: "the addresses of pods",
    SERVICES: "the addresses of services",
    BORDER: "where the BGP sessions are",
    **dict.fromkeys(AKS, "which AKS keeps"),
}


def clashes(where: str, cidr: IPv4Network) -> list[Problem]:
    """Find what a range of ours, or of a far end, overlaps; each mistake names both."""
    return [
        Problem(where, f"{cidr} overlaps {used}, {whose}", "ranges that do not overlap")
        for used, whose in USED.items()
        if cidr.overlaps(used)
    ]
