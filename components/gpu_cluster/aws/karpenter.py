"""Pools of spot machines: Karpenter buys them one by one, and on demand where there are none and that is allowed."""

import json
from collections.abc import Iterable

import pulumi
import pulumi_kubernetes as k8s
from pulumi_aws import cloudwatch, eks, iam, sqs

from components.amazon import allow, document
from components.gpu_cluster.aws import karpenter_pool, karpenter_rights, nodes
from components.gpu_cluster.aws.addons import Addons
from components.gpu_cluster.aws.versions import KARPENTER
from components.gpu_cluster.pools import NodePoolSpec, stands
from components.kubernetes.charts import Chart
from components.parts import part_of

CHART = "oci://public.ecr.aws/karpenter/karpenter"
NAMESPACE = "kube-system"

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
    karpenter_pool.refuse(pools)
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
    controller = Chart("karpenter", CHART, KARPENTER).install(
        NAMESPACE,
        {
            "replicas": replicas(spec.pools.values()),
            "settings": {"clusterName": cluster.name, "interruptionQueue": queue.name},
        },
        pulumi.ResourceOptions.merge(inside, pulumi.ResourceOptions(depends_on=[bound, entry, *attached])),
    )
    for pool in pools:
        _pool(pool, maker, profile, lasting, controller)


def replicas(pools: Iterable[NodePoolSpec]) -> int:
    """Give how many controllers there are: two, of which one leads; one where a second would find no node.

    Its chart puts each on a node of its own that Karpenter did not buy, and Helm waits for all of them.
    """
    standing = sum(pool.min_nodes for pool in pools if stands(pool))
    return min(2, standing)


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
        spec=karpenter_pool.node_class(pool, maker, profile.name),
        opts=opts,
    )
    kinds.CustomResource(
        f"{pool.name}-pool",
        api_version="karpenter.sh/v1",
        kind="NodePool",
        metadata={"name": pool.name},
        spec=karpenter_pool.node_pool(pool),
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[made])),
    )
