"""What an AWS stack takes down first: machines before what they stand on, as the engine's own plan has it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

pytestmark = [pytest.mark.engine, pytest.mark.never_again]

Plan = Mapping[str, Mapping[str, Any]]

GROUND = {
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/route:Route",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:eks/addon:Addon",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
}
"""What nodes call and route by."""


@pytest.fixture(scope="module")
def plan(resources: Sequence[Mapping[str, Any]]) -> Plan:
    """Give the resources of a preview by URN."""
    return {str(one["urn"]): one for one in resources}


def of(plan: Plan, *types: str) -> list[str]:
    """Give the URNs of all resources of some types."""
    return [urn for urn, one in plan.items() if one["type"] in types]


def stands_on(plan: Plan, urn: str) -> set[str]:
    """Give everything that is deleted after a resource: what it depends on, and its parents, all the way down."""
    found: set[str] = set()

    def walk(at: str) -> None:
        for below in _below(plan.get(at, {})):
            if below not in found:
                found.add(below)
                walk(below)

    walk(urn)
    return found


def _below(one: Mapping[str, Any]) -> Iterator[str]:
    yield from one.get("dependencies") or ()
    yield from (urn for urns in (one.get("propertyDependencies") or {}).values() for urn in urns or ())
    if one.get("parent"):
        yield one["parent"]


@pytest.mark.parametrize("cloud", ["aws"], indirect=True)
def test_nodes_go_before_their_ways_and_doors(plan: Plan) -> None:
    """Thread data-on-eks #1067: routes vanished before nodes; every group stands on routes, doors and rights."""
    groups = of(plan, "aws:eks/nodeGroup:NodeGroup")
    assert len(groups) >= 2
    for group in groups:
        assert {plan[urn]["type"] for urn in stands_on(plan, group) if urn in plan} >= GROUND


@pytest.mark.parametrize("cloud", ["aws"], indirect=True)
def test_karpenters_machines_go_while_karpenter_runs(plan: Plan) -> None:
    """Threads karpenter #1955, #5582, #5727: paid machines stayed; pools go first, all rights still there."""
    pools = of(plan, "kubernetes:karpenter.sh/v1:NodePool")
    assert pools
    for pool in pools:
        below = stands_on(plan, pool)
        names = {plan[urn]["type"] + " " + urn.rpartition("::")[2] for urn in below if urn in plan}
        assert "kubernetes:helm.sh/v3:Release karpenter" in names
        assert "aws:iam/rolePolicy:RolePolicy cluster-karpenter" in names
        assert set(of(plan, "aws:eks/nodeGroup:NodeGroup")) <= below
    machines = [*pools, *of(plan, "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass")]
    assert not [urn for urn in machines if plan[urn].get("deletedWith")]


@pytest.mark.parametrize("cloud", ["aws"], indirect=True)
def test_what_is_in_a_cluster_never_holds_its_end(plan: Plan) -> None:
    """Threads pulumi-kubernetes #2517, #349, pulumi-eks #598: content goes with its cluster, though nobody answers."""
    providers = of(plan, "pulumi:providers:kubernetes")
    assert all(plan[urn]["inputs"]["deleteUnreachable"] == "true" for urn in providers)
    releases = of(plan, "kubernetes:helm.sh/v3:Release")
    assert all(plan[urn]["deletedWith"].endswith("aws:eks/cluster:Cluster::cluster") for urn in releases)
