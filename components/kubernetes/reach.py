"""Who may open a connection to a workload's pods: themselves, their callers in this cluster, and nobody else.

Policies end what comes in from networks around the cluster, and what one team's pods try on another's: the port where
torchrun's processes meet, and NCCL's, ask nobody for a name. A policy of one's own beside these lets in more.

What pods open themselves stays open, and is written so: names, stores and tokens are fetched at addresses that differ
from cloud to cloud (link-local on EKS and GKE, public on AKS) and change, and a rule that forgets one ends a training.
Kubelets always reach the pods of their node. InfiniBand, EFA and rails beside a pod's first interface are no part of
the cluster's network, and neither are pods on the network of their node: fabrics and node firewalls part those.

Enforced by EKS's network add-on (`enableNetworkPolicy`), Dataplane V2 on GKE, Cilium on AKS; on an own site by its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.kubernetes.tenancy import Corner

CLOSED = "closed"
"""The policy that stands for every pod of a namespace that no other one names."""


def guard(corner: Corner, selector: Mapping[str, str], ports: Iterable[int], *, gang: bool = False) -> Corner:
    """Close the corner and open what is asked for; what is made in the corner given back comes after that.

    Args:
        corner: The workload's corner.
        selector: Labels of its pods.
        ports: Ports for pods of the whole cluster: a server's routes, anyone's metrics.
        gang: Whether its pods talk among themselves, on ports that they choose. Default: no.
    """
    written = {CLOSED: closed(), corner.name: opened(selector, ports, gang=gang)}
    made = [
        k8s.networking.v1.NetworkPolicy(
            name if name == corner.name else f"{corner.name}-{name}",
            metadata=corner.metadata(name),
            spec=spec,
            opts=corner.opts,
        )
        for name, spec in written.items()
    ]
    after = pulumi.ResourceOptions.merge(corner.opts, pulumi.ResourceOptions(depends_on=made))
    return replace(corner, opts=after)


def closed() -> dict[str, Any]:
    """Write that nobody reaches any pod of a namespace."""
    return {"podSelector": {}, "policyTypes": ["Ingress"]}


def opened(selector: Mapping[str, str], ports: Iterable[int], *, gang: bool = False) -> dict[str, Any]:
    """Write who reaches a workload's pods: the cluster's pods some ports, and its own pods all of them."""
    pods = {"matchLabels": dict(selector)}
    listed = [{"protocol": "TCP", "port": port} for port in ports]
    cluster = [{"from": [{"namespaceSelector": {}}], "ports": listed}] if listed else []
    among = [{"from": [{"podSelector": pods}]}] if gang else []
    return {
        "podSelector": pods,
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [*cluster, *among],
        "egress": [{}],
    }
