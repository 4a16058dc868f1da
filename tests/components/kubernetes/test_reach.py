"""Who reaches a workload's pods: rules as plain values, and clusters that enforce them."""

import json
from functools import reduce
from typing import Any

import pytest

from components.kubernetes import reach
from infra import paths

GOLDEN = paths.project() / "tests" / "golden"

MINE = {"causeway/job": "it"}


def admitted(policy: dict[str, Any], *, own: bool, cluster: bool, port: int) -> bool:
    """Say whether a policy lets a TCP connection in, as networking.k8s.io/v1 reads it.

    Args:
        policy: The policy's specification.
        own: Whether it comes from a pod of the same namespace that bears the workload's labels.
        cluster: Whether it comes from a pod of the cluster at all.
        port: Where it goes.
    """
    for rule in policy.get("ingress", ()):
        ports = [one["port"] for one in rule.get("ports", ())]
        peers = rule.get("from")
        open_to_all = not peers
        named = any(
            (own if "podSelector" in peer else cluster and peer.get("namespaceSelector") == {})
            for peer in peers or ()
        )
        if (open_to_all or named) and (not ports or port in ports):
            return True
    return False


def test_a_gang_talks_on_every_port_and_nobody_else_does() -> None:
    """Rendezvous and NCCL choose ports; a guest's pod reads metrics and meets nobody; who is outside reads nothing."""
    policy = reach.opened(MINE, [9400], gang=True)
    assert admitted(policy, own=True, cluster=True, port=29400)
    assert admitted(policy, own=True, cluster=True, port=51234)
    assert admitted(policy, own=False, cluster=True, port=9400)
    assert not admitted(policy, own=False, cluster=True, port=29400)
    assert not admitted(policy, own=False, cluster=False, port=9400)


def test_a_server_answers_the_cluster_on_its_port_alone() -> None:
    """Servers don't talk among themselves, and networks around the cluster don't reach them."""
    policy = reach.opened({"causeway/service": "it"}, [8000])
    assert admitted(policy, own=False, cluster=True, port=8000)
    assert not admitted(policy, own=True, cluster=True, port=22)
    assert not admitted(policy, own=False, cluster=False, port=8000)


def test_without_ports_there_is_no_rule_for_the_cluster() -> None:
    """A rule without ports would mean all of them."""
    assert reach.opened(MINE, [])["ingress"] == []
    assert not admitted(reach.opened(MINE, [], gang=True), own=False, cluster=True, port=80)


def test_every_other_pod_of_the_namespace_is_closed() -> None:
    """An empty selector means all pods; a policy without rules admits none."""
    policy = reach.closed()
    assert (policy["podSelector"], policy["policyTypes"]) == ({}, ["Ingress"])
    assert not admitted(policy, own=True, cluster=True, port=80)


def test_what_pods_open_is_open_and_written_down() -> None:
    """One rule without a peer: names, stores and tokens stay in reach wherever they are."""
    policy = reach.opened(MINE, [])
    assert "Egress" in policy["policyTypes"]
    assert policy["egress"] == [{}]


ENFORCED: dict[str, tuple[str, str, Any]] = {
    "aws": ("aws:eks/addon:Addon", "configurationValues", '{"enableNetworkPolicy": "true"}'),
    "gcp": ("gcp:container/cluster:Cluster", "datapathProvider", "ADVANCED_DATAPATH"),
    "azure": ("azure-native:containerservice:ManagedCluster", "networkProfile.networkPolicy", "cilium"),
}
"""By cloud: the type and property by which its cluster holds pods to their policies, and the value."""


@pytest.mark.parametrize("cloud", ENFORCED)
def test_clusters_hold_pods_to_their_policies(cloud: str) -> None:
    """A policy that no network enforces is accepted and does nothing; the recorded clusters enforce theirs."""
    kind, path, wanted = ENFORCED[cloud]
    graph = json.loads((GOLDEN / cloud / "gpu_cluster.json").read_text(encoding="utf-8"))
    found = [
        reduce(lambda value, key: value.get(key, {}), path.split("."), one["inputs"])
        for one in graph
        if one["type"] == kind
    ]
    assert wanted in found
