"""A pool of spot machines in Karpenter's words, derived from the fact table. Pure functions."""

from collections.abc import Sequence
from typing import Any

import pulumi

from components.gpu_cluster.aws import boot, launch, nodes
from components.gpu_cluster.aws.versions import IMAGE, image_day
from components.gpu_cluster.pools import NodePoolSpec
from infra.capacity import OnDemand, Spot
from infra.catalog import accelerators
from infra.problems import Problem, ProblemsError, nearest

CLASS_OPTIONS = ("blockDeviceMappings", "detailedMonitoring", "kubelet", "userData")
POOL_OPTIONS = ("disruption", "limits", "weight")
"""Fields that a pool's `options` may set, of the machines' class and of the pool, in Karpenter's own words."""


def refuse(pools: list[NodePoolSpec]) -> None:
    """Refuse pools that Karpenter cannot carry as they are.

    Raises:
        ProblemsError: A fabric across spot machines, a reservation as their stand-in, or an option that is none.
    """
    found = []
    for pool in pools:
        where = f"pools.{pool.written}"
        if pool.fabric:
            text = f"spot machines of {pool.machine.name} do not come together, so their fabric is not one"
            found.append(Problem(f"{where}.capacity", text, "reserved, capacity-block or on-demand"))
        if isinstance(pool.capacity, Spot) and pool.capacity.fallback not in {None, OnDemand()}:
            found.append(Problem(f"{where}.capacity.spot.fallback", "a reservation", "on-demand, none"))
        known = CLASS_OPTIONS + POOL_OPTIONS
        found += [
            Problem(
                f"{where}.options.{name}", "no such field", ", ".join(sorted(known)), nearest(name, known)
            )
            for name in pool.options
            if name not in known
        ]
    if found:
        raise ProblemsError("GpuCluster can't be built on AWS", found)


def _chosen(pool: NodePoolSpec, known: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in pool.options.items() if name in known}


def node_class(pool: NodePoolSpec, maker: nodes.Nodes, profile: Any) -> dict[str, Any]:
    """Describe the machines: image, disks, network, metadata, as a managed group's launch template does."""
    zones = pulumi.Output.from_input(maker.spec.network["subnets"])
    subnets = zones.apply(lambda found: [found[pool.zone]] if pool.zone else list(found.values()))
    disk = launch.root_disk(pool, maker.spec.key)
    return {
        "amiSelectorTerms": [{"alias": f"al2023@v{image_day(maker.spec.image or IMAGE)}"}],
        "instanceProfile": profile,
        "subnetSelectorTerms": subnets.apply(lambda ids: [{"id": one} for one in ids]),
        "securityGroupSelectorTerms": [{"id": maker.cluster_group}],
        "associatePublicIPAddress": False,
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": launch.METADATA["http_put_response_hop_limit"],
        },
        "blockDeviceMappings": [
            {
                "deviceName": "/dev/xvda",
                "ebs": {
                    "volumeSize": f"{disk['volume_size']}Gi",
                    "volumeType": disk["volume_type"],
                    "encrypted": True,
                    "kmsKeyID": disk["kms_key_id"],
                    "deleteOnTermination": True,
                },
            }
        ],
        **({"instanceStorePolicy": "RAID0"} if pool.machine.nvme_gb else {}),
        **({"userData": shell} if (shell := boot.script(pool, maker.spec.packages)) else {}),
        "tags": maker.spec.labels,
        **_chosen(pool, CLASS_OPTIONS),
    }


def node_pool(pool: NodePoolSpec) -> dict[str, Any]:
    """Describe what is bought: spot first, since it is cheaper, and on demand only when it is allowed to stand in."""
    assert isinstance(pool.capacity, Spot)
    kinds = ["spot", *([pool.capacity.fallback.kind] if pool.capacity.fallback else [])]
    return {
        "template": {
            "metadata": {"labels": launch.labels(pool)},
            "spec": {
                "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": pool.name},
                "requirements": [
                    {
                        "key": "node.kubernetes.io/instance-type",
                        "operator": "In",
                        "values": [pool.machine.name],
                    },
                    {"key": "karpenter.sh/capacity-type", "operator": "In", "values": kinds},
                ],
                "taints": [
                    {"key": key, "value": value, "effect": "NoSchedule"}
                    for key, value in launch.taints(pool).items()
                ],
                "expireAfter": "Never",
                # a server that cannot move any more does not keep its machine for ever
                "terminationGracePeriod": "10m",
            },
        },
        # only empty nodes go: a server that answers is not moved to save a little
        "disruption": {
            "consolidationPolicy": "WhenEmpty",
            "consolidateAfter": "10m",
            "budgets": [{"nodes": "1"}],
        },
        "limits": limits(pool),
        **_chosen(pool, POOL_OPTIONS),
    }


def limits(pool: NodePoolSpec) -> dict[str, str]:
    """Bound the pool by what its most machines hold: accelerators where it has any, else processors."""
    if pool.machine.accelerator:
        resource = accelerators.get(pool.machine.accelerator.model).resource
        return {resource: str(pool.max_nodes * pool.machine.gpus)}
    return {"cpu": str(pool.max_nodes * int(pool.machine.need("vcpus")))}
