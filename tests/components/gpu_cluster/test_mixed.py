"""A pool of several sources is one node pool a source on every cloud, and one pool to those who run on it."""

from typing import Any

import pytest

from components.gpu_cluster.aws import karpenter, karpenter_pool, launch
from components.gpu_cluster.aws.versions import IMAGE
from components.gpu_cluster.azure import agent_pool, driver
from components.gpu_cluster.gcp import node_pool, with_fallback
from components.gpu_cluster.pools import NodePoolSpec, described, labels, unmanned
from components.gpu_cluster.shape import parse
from infra.capacity import Spot
from infra.problems import ProblemsError

MACHINES = {"aws": "p5.48xlarge", "gcp": "a3-highgpu-8g", "azure": "Standard_ND96isr_H100_v5"}
GROUP = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/capacityReservationGroups/h"
RESERVED = {"aws": "cr-0123456789abcdef0", "gcp": "mine", "azure": GROUP}
NAMES = ["serve-reserved", "serve-on-demand", "serve-spot"]


def mixed(platform: str, **more: Any) -> dict[str, Any]:
    """Give a pool of servers: three machines reserved, two on demand, one that may go."""
    shares = [
        {"nodes": 3, "reserved": RESERVED[platform]},
        {"nodes": 2, "on-demand": {}},
        {"nodes": 1, "spot": {"fallback": "none"}},
    ]
    pool = {"machine": MACHINES[platform], "purpose": "serving", "nodes": 6, "capacity": {"mixed": shares}}
    return {**pool, **more}


def pools(platform: str, **given: Any) -> dict[str, NodePoolSpec]:
    """Give the node pools of a cluster with these pools."""
    args: Any = {"platform": platform, "pools": given}
    return parse(args).pools


def told(platform: str, **given: Any) -> str:
    """Give the one error of a cluster with these pools."""
    with pytest.raises(ProblemsError) as caught:
        pools(platform, **given)
    return str(caught.value)


@pytest.mark.parametrize("platform", MACHINES)
def test_each_share_is_a_node_pool_of_the_pool_as_written(platform: str) -> None:
    """Names differ by source, sizes are the shares', and the label that pods select is the same on all."""
    found = pools(platform, serve=mixed(platform, min_nodes=4, max_nodes=9))
    assert list(found) == [pool.name for pool in found.values()] == NAMES
    assert labels(found.values()) == ["serve"]
    sizes = [(pool.min_nodes, pool.nodes, pool.max_nodes) for pool in found.values()]
    assert sizes == [(3, 3, 3), (1, 2, 2), (0, 1, 4)]
    (whole,) = described(found.values()).values()
    assert (whole["nodes"], whole["machine"]) == (6, MACHINES[platform])


def test_eks_buys_each_share_in_its_own_way() -> None:
    """Two managed groups, of which the reservation is one's alone, and a pool of Karpenter's under its own name."""
    reserved, plain, spot = pools("aws", serve=mixed("aws")).values()
    assert "capacity_reservation_specification" in launch.bought(reserved)
    assert launch.bought(plain) == {}
    groups = [launch.node_group(one, IMAGE) for one in (reserved, plain)]
    assert [group["scaling_config"]["desired_size"] for group in groups] == [3, 2]
    karpenter_pool.refuse([spot])
    bought = karpenter_pool.node_pool(spot)["template"]
    assert bought["spec"]["nodeClassRef"]["name"] == "serve-spot"
    marks = [*(group["labels"] for group in groups), bought["metadata"]["labels"]]
    assert {one["causeway/pool"] for one in marks} == {"serve"}


def test_a_share_of_a_scarce_machine_needs_no_spare_one() -> None:
    """Machines of a type with a fabric are upgraded in place, also servers that join none and were not reserved."""
    plain = pools("aws", serve=mixed("aws", machine="g6e.12xlarge"))["serve-on-demand"]
    assert not plain.fabric
    assert launch.node_group(plain, IMAGE)["update_config"]["update_strategy"] == "MINIMAL"


def test_gke_buys_each_share_in_its_own_way() -> None:
    """Three pools: the first takes the reservation alone, the last one is spot."""
    found = pools("gcp", serve=mixed("gcp"))
    reserved, plain, spot = (node_pool.node(one, key="k", account="a", labels={}) for one in found.values())
    assert reserved["reservation_affinity"]["values"] == ["mine"]
    assert "reservation_affinity" not in plain
    assert spot["spot"] is True
    assert {one["labels"]["causeway/pool"] for one in (reserved, plain, spot)} == {"serve"}
    # on demand is a share already, and the share of spot said that nothing stands in
    assert [one.name for pool in found.values() for one in with_fallback(pool)] == NAMES


def test_aks_buys_each_share_in_its_own_way() -> None:
    """Three pools with names as short as AKS wants them, each its own; the first one in the reservation's group."""
    found = list(pools("azure", serve=mixed("azure")).values())
    owner = driver.owner(found)
    made = [
        agent_pool.arguments(
            one, owner, subnet="s", zones=["1"], tags={}, spot=isinstance(one.capacity, Spot)
        )
        for one in found
    ]
    assert [one.get("capacity_reservation_group_id", "") for one in made] == [GROUP, "", ""]
    assert [one.get("scale_set_priority", "") for one in made] == ["", "", "Spot"]
    assert {one["node_labels"]["causeway/pool"] for one in made} == {"serve"}
    names = {agent_pool.name(one) for one in found}
    assert len(names) == 3
    assert all(name.isalnum() and len(name) <= 12 and name.startswith("serve") for name in names)


@pytest.mark.parametrize("platform", MACHINES)
def test_a_fabric_keeps_one_source(platform: str) -> None:
    """Trainers of several sources stand apart, so such a pool is refused; servers of the same machine are not."""
    text = told(platform, train=mixed(platform, purpose="training"))
    assert "pools.train.capacity: shares of" in text
    assert "[one-source-for-a-fabric]" in text
    assert list(pools(platform, serve=mixed(platform))) == NAMES


def test_what_is_wrong_with_a_share_is_told_at_the_share() -> None:
    """Shares that do not add up and a source that the platform does not have are two lines, the second at its share."""
    shares = [{"nodes": 3, "reserved": "cr"}, {"nodes": 2, "flex-start": "24h"}]
    text = told("aws", serve=mixed("aws", capacity={"mixed": shares}))
    assert "pools.serve.capacity: shares of 5 nodes in a pool of 6 [shares-add-up]" in text
    assert "pools.serve.capacity.mixed[1]: flex-start does not exist on aws" in text


def test_a_block_is_counted_by_its_share() -> None:
    """Sixty-four machines of a block are allowed, though the pool has more; sixty-five of one block are not."""
    window = {"id": "cr", "start": "2026-12-01T11:30:00Z", "end": "2026-12-08T11:30:00Z"}
    shares = [{"nodes": 64, "capacity-block": window}, {"nodes": 6, "reserved": "cr-1"}]
    assert len(pools("aws", serve=mixed("aws", nodes=70, capacity={"mixed": shares}))) == 2
    shares[0]["nodes"] = 65
    text = told("aws", serve=mixed("aws", nodes=71, capacity={"mixed": shares}))
    assert "pools.serve.capacity.mixed[0]: 65 nodes in capacity block cr" in text


def test_a_name_that_a_share_has_is_nobody_elses() -> None:
    """A pool written with the name of another one's share is refused by its name."""
    other = {"machine": "g6.xlarge", "purpose": "serving"}
    text = told("aws", **{"serve": mixed("aws"), "serve-spot": other})
    assert "pools.serve-spot: is the name of a share of pools.serve" in text


def test_spot_machines_hold_no_cluster() -> None:
    """A system pool stands by its shares that stay, and Karpenter has as many controllers as those have machines."""
    machine = {"machine": "m7i.xlarge", "purpose": "system", "nodes": 2}
    shares = [{"nodes": 1, "spot": {}}, {"nodes": 1, "on-demand": {}}]
    both = pools("aws", system={**machine, "capacity": {"mixed": shares}}).values()
    assert unmanned(both) == []
    assert karpenter.replicas(both) == 1
    assert unmanned(pools("aws", system={**machine, "capacity": "spot"}).values())
