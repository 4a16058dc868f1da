"""Managed node groups: one launch template and one group a pool that is bought machine by machine or reserved."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, eks, iam, vpc

from components.amazon import managed, trust
from components.gpu_cluster.aws import boot, launch
from components.gpu_cluster.aws.versions import IMAGE, image_day
from components.gpu_cluster.pools import NodePoolSpec
from components.gpu_cluster.shape import GpuClusterSpec
from components.parts import part_of
from infra import naming

NODE_POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
)
"""What a node itself may do; everything else has a role of its own by Pod Identity.

EKS's minimal policy is for its Auto Mode: AL2023 asks EC2 for its own name before it joins (amazon-eks-ami, nodeadm,
instance details), and that one does not let it.
"""

TEMPLATE_OPTIONS = (
    "block_device_mappings",
    "cpu_options",
    "maintenance_options",
    "monitoring",
    "network_performance_options",
    "private_dns_name_options",
    "user_data",
)
GROUP_OPTIONS = (
    "ami_type",
    "force_update_version",
    "labels",
    "node_repair_config",
    "release_version",
    "taints",
    "update_config",
    "version",
)
"""Arguments that a pool's `options` may set, of the template and of the group."""


LONGEST = 63
"""Letters of a node group's name (EKS API, CreateNodegroup)."""


@dataclass(frozen=True)
class Nodes:
    """Makes the pools of one cluster."""

    name: str
    """The cluster's name in the program."""
    cluster: eks.Cluster
    """The control plane."""
    spec: GpuClusterSpec
    """The cluster's settings."""
    role: iam.Role
    """What every node acts as."""
    before: Sequence[pulumi.Resource]
    """What must stand before the first node joins, and be gone after the last one left."""

    @property
    def cluster_group(self) -> pulumi.Output[str]:
        """The security group that EKS makes for control plane and nodes."""
        group: pulumi.Output[str] = self.cluster.vpc_config.cluster_security_group_id
        return group

    def pool(self, pool: NodePoolSpec) -> eks.NodeGroup:
        """Make one pool."""
        label = f"{self.name}-{pool.name}"
        options = launch.merged(
            {}, pool.options, TEMPLATE_OPTIONS + GROUP_OPTIONS, f"pools.{pool.written}.options"
        )
        template = self._template(
            label, pool, {key: options[key] for key in options if key in TEMPLATE_OPTIONS}
        )
        release = self.spec.image or IMAGE
        image_day(release)  # refuses what is no release before anything is made
        arguments = launch.node_group(pool, release) | {
            k: v for k, v in options.items() if k in GROUP_OPTIONS
        }
        return eks.NodeGroup(
            label,
            cluster_name=self.cluster.name,
            node_group_name=label if len(label) <= LONGEST else naming.name(label, limit=LONGEST),
            node_role_arn=self.role.arn,
            subnet_ids=self._subnets(pool),
            launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            tags=self.spec.labels,
            **arguments,
            opts=part_of(
                self.cluster,
                depends_on=list(self.before),
                # a pool of GPUs of which every machine is started at once takes longer than the provider waits
                custom_timeouts=pulumi.CustomTimeouts(create="90m", update="3h", delete="90m"),
            ),
        )

    def _template(self, label: str, pool: NodePoolSpec, options: dict[str, object]) -> ec2.LaunchTemplate:
        own = part_of(self.cluster)
        tags = {**self.spec.labels, "Name": f"{pulumi.get_stack()}-{label}"}
        groups = [self.cluster_group]
        if pool.fabric:
            groups.append(self._fabric_group(label).id)
        base = launch.template(
            pool,
            key=self.spec.key,
            groups=groups,
            group_name=self._placement(label, pool),
        )
        kinds = ("instance", "volume", "network-interface")
        return ec2.LaunchTemplate(
            label,
            name=f"{pulumi.get_stack()}-{label}",
            user_data=boot.user_data(pool, self.spec.packages),
            tag_specifications=[{"resource_type": kind, "tags": tags} for kind in kinds],
            tags=self.spec.labels,
            **(base | options),
            opts=own,
        )

    def _subnets(self, pool: NodePoolSpec) -> object:
        if pool.fabric:
            return [self._fabric_subnet(pool)]
        zones = pulumi.Output.from_input(self.spec.network["subnets"])
        if pool.zone:
            return [zones.apply(lambda found: found[pool.zone])]
        return zones.apply(lambda found: list(found.values()))

    def _fabric_subnet(self, pool: NodePoolSpec) -> pulumi.Output[str]:
        subnets: pulumi.Output[dict[str, str]] = pulumi.Output.from_input(self.spec.network["fabric_subnets"])
        return subnets.apply(lambda found: found[pool.name])

    def _placement(self, label: str, pool: NodePoolSpec) -> object:
        wanted = launch.placement(pool)
        if wanted != "new":
            return wanted
        group = ec2.PlacementGroup(
            label,
            name=f"{pulumi.get_stack()}-{label}",
            strategy="cluster",
            tags=self.spec.labels,
            opts=part_of(self.cluster),
        )
        return group.name

    def _fabric_group(self, label: str) -> ec2.SecurityGroup:
        """Let the machines of one pool talk to each other in every protocol, both ways; EFA asks for exactly that."""
        group = ec2.SecurityGroup(
            f"{label}-fabric",
            vpc_id=self.spec.network["id"],
            description="Machines of one fabric among themselves",
            tags={**self.spec.labels, "Name": f"{pulumi.get_stack()}-{label}-fabric"},
            opts=part_of(self.cluster),
        )
        own = pulumi.ResourceOptions(parent=group)
        for rule in (vpc.SecurityGroupIngressRule, vpc.SecurityGroupEgressRule):
            rule(
                f"{label}-fabric",
                security_group_id=group.id,
                referenced_security_group_id=group.id,
                ip_protocol="-1",
                description="The fabric's own machines",
                tags=self.spec.labels,
                opts=own,
            )
        return group


def role(label: str, spec: GpuClusterSpec, cluster: eks.Cluster) -> tuple[iam.Role, list[pulumi.Resource]]:
    """Make what nodes act as."""
    made = iam.Role(
        label,
        assume_role_policy=trust("ec2.amazonaws.com"),
        tags=spec.labels,
        opts=part_of(cluster),
    )
    rights: list[pulumi.Resource] = [
        iam.RolePolicyAttachment(
            f"{label}-{policy}",
            role=made.name,
            policy_arn=managed(spec.region, policy),
            opts=pulumi.ResourceOptions(parent=made),
        )
        for policy in NODE_POLICIES
    ]
    return made, rights
