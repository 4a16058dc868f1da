"""Pools of spot machines: Karpenter buys them one by one, and on demand where there are none and that is allowed."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
from pulumi_aws import cloudwatch, eks, iam, sqs
from pulumi_kubernetes import helm

from components.amazon import allow, document
from components.gpu_cluster.aws import boot, karpenter_rights, launch, nodes
from components.gpu_cluster.aws.addons import Addons
from components.gpu_cluster.aws.versions import IMAGE, KARPENTER, image_day
from components.gpu_cluster.pools import NodePoolSpec
from components.parts import part_of
from infra.capacity import OnDemand, Spot
from infra.catalog import accelerators
from infra.problems import Problem, ProblemsError, nearest

CHART = "oci://public.ecr.aws/karpenter/karpenter"
NAMESPACE = "kube-system"

CLASS_OPTIONS = ("blockDeviceMappings", "detailedMonitoring", "kubelet", "userData")
POOL_OPTIONS = ("disruption", "limits", "weight")
"""Fields that a pool's `options` may set, of the machines' class and of the pool, in Karpenter's own words."""

NOTICES = {
    "spot": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "state": ("aws.ec2", "EC2 Instance State-change Notification"),
    "health": ("aws.health", "AWS Health Event"),
}
"""Events that say that a machine is about to go, two minutes before it does."""


def install(
    maker: nodes.Nodes,
    addons: Addons,
    pools: list[NodePoolSpec],
    inside: pulumi.ResourceOptions,
    lasting: pulumi.ResourceOptions,
) -> None:
    """Install Karpenter and hand it its pools.

    Its nodes have a role of their own: for that of managed groups EKS makes the access entry by itself, and refuses
    a second one (EKS guide, access entries).

    Args:
        maker: Makes the cluster's pools.
        addons: Makes the controller's role.
        pools: What Karpenter buys.
        inside: Options of what goes with the cluster, after its groups and add-ons.
        lasting: Options of what lives in the cluster and does not go with it.

    Raises:
        ProblemsError: A pool asks for what Karpenter cannot do here.
    """
    refuse(pools)
    name, spec, cluster = maker.name, maker.spec, maker.cluster
    own = part_of(cluster)
    queue = _queue(maker)
    role, attached = nodes.role(f"{name}-karpenter-node", spec, cluster)
    profile = iam.InstanceProfile(f"{name}-karpenter", role=role.name, tags=spec.labels, opts=own)
    entry = eks.AccessEntry(
        f"{name}-karpenter-nodes",
        cluster_name=cluster.name,
        principal_arn=role.arn,
        type="EC2_LINUX",
        tags=spec.labels,
        opts=own,
    )
    rights = karpenter_rights.statements(
        spec.region,
        cluster.name,
        arn=cluster.arn,
        queue=queue.arn,
        node_role=role.arn,
        profile=profile.arn,
        key=spec.key,
    )
    bound = eks.PodIdentityAssociation(
        f"{name}-karpenter",
        cluster_name=cluster.name,
        namespace=NAMESPACE,
        service_account="karpenter",
        role_arn=addons.role("karpenter", "", *rights),
        tags=spec.labels,
        opts=own,
    )
    controller = helm.v3.Release(
        "karpenter",
        name="karpenter",
        namespace=NAMESPACE,
        chart=CHART,
        version=KARPENTER,
        values={
            "replicas": replicas(spec.pools.values()),
            "settings": {"clusterName": cluster.name, "interruptionQueue": queue.name},
        },
        atomic=True,
        timeout=600,
        opts=pulumi.ResourceOptions.merge(
            inside, pulumi.ResourceOptions(depends_on=[bound, entry, *attached])
        ),
    )
    for pool in pools:
        _pool(pool, maker, profile, lasting, controller)


def replicas(pools: Iterable[NodePoolSpec]) -> int:
    """Give how many controllers there are: two, of which one leads; one where a second would find no node.

    Its chart puts each on a node of its own that Karpenter did not buy, and Helm waits for all of them.
    """
    standing = sum(pool.min_nodes for pool in pools if pool.purpose == "system")
    return min(2, standing)


def refuse(pools: list[NodePoolSpec]) -> None:
    """Refuse pools that Karpenter cannot carry as they are.

    Raises:
        ProblemsError: A fabric across spot machines, a reservation as their stand-in, or an option that is none.
    """
    found = []
    for pool in pools:
        where = f"pools.{pool.name}"
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


def _queue(maker: nodes.Nodes) -> sqs.Queue:
    """Bring the notices into an encrypted queue that events of this account alone may fill."""
    label, labels = f"{maker.name}-interruptions", maker.spec.labels
    queue = sqs.Queue(
        label,
        message_retention_seconds=300,
        kms_master_key_id=maker.spec.key,
        tags=labels,
        opts=part_of(maker.cluster),
    )
    own = pulumi.ResourceOptions(parent=queue)
    ours = {"StringEquals": {"aws:SourceAccount": maker.spec.account}}
    events = {"Service": "events.amazonaws.com"}
    sqs.QueuePolicy(
        label,
        queue_url=queue.url,
        policy=document(allow("Events", ["sqs:SendMessage"], queue.arn, Principal=events, Condition=ours)),
        opts=own,
    )
    for notice, (source, kind) in NOTICES.items():
        rule = cloudwatch.EventRule(
            f"{label}-{notice}",
            event_pattern=json.dumps({"source": [source], "detail-type": [kind]}),
            tags=labels,
            opts=own,
        )
        cloudwatch.EventTarget(
            f"{label}-{notice}", rule=rule.name, arn=queue.arn, opts=pulumi.ResourceOptions(parent=rule)
        )
    return queue


def _pool(
    pool: NodePoolSpec,
    maker: nodes.Nodes,
    profile: iam.InstanceProfile,
    lasting: pulumi.ResourceOptions,
    controller: pulumi.Resource,
) -> None:
    """Hand over one pool. It is deleted by itself, while Karpenter still runs, and takes its machines along.

    Objects that merely go with their cluster would leave the machines behind, running and paid.
    """
    kinds = k8s.apiextensions
    waits = pulumi.CustomTimeouts(delete="30m")
    opts = pulumi.ResourceOptions.merge(
        lasting, pulumi.ResourceOptions(depends_on=[controller], custom_timeouts=waits)
    )
    made = kinds.CustomResource(
        f"{pool.name}-nodes",
        api_version="karpenter.k8s.aws/v1",
        kind="EC2NodeClass",
        metadata={"name": pool.name},
        spec=node_class(pool, maker, profile.name),
        opts=opts,
    )
    kinds.CustomResource(
        f"{pool.name}-pool",
        api_version="karpenter.sh/v1",
        kind="NodePool",
        metadata={"name": pool.name},
        spec=node_pool(pool),
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[made])),
    )


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
