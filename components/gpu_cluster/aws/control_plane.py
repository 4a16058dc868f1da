"""The EKS control plane: private, logged, its secrets under our key, its administrators named."""

from typing import Any

import pulumi
from pulumi_aws import cloudwatch, eks, iam

from components.amazon import allow, document, kept, managed, partition, trust
from components.gpu_cluster.aws.versions import KUBERNETES
from components.gpu_cluster.shape import GpuClusterSpec
from components.parts import part_of

LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
"""Every kind of log that the control plane writes."""


def build(name: str, spec: GpuClusterSpec, opts: pulumi.ResourceOptions) -> eks.Cluster:
    """Make the control plane.

    Its log group is made first: EKS would make one of its own, without our key and kept for ever.
    """
    title = f"{pulumi.get_stack()}-{name}"
    logs = cloudwatch.LogGroup(
        f"{name}-control-plane",
        name=f"/aws/eks/{title}/cluster",
        retention_in_days=kept(spec.log_days),
        kms_key_id=spec.log_key,
        tags=spec.labels,
        opts=opts,
    )
    role, rights = _role(name, spec, opts)
    cluster = eks.Cluster(
        name,
        name=title,
        version=spec.version or KUBERNETES,
        role_arn=role.arn,
        enabled_cluster_log_types=LOGS,
        encryption_config={"provider": {"key_arn": spec.key}, "resources": ["secrets"]},
        vpc_config={
            "subnet_ids": pulumi.Output.from_input(spec.network["subnets"]).apply(
                lambda zones: list(zones.values())
            ),
            "endpoint_private_access": True,
            "endpoint_public_access": False,
        },
        access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
        bootstrap_self_managed_addons=False,
        upgrade_policy={"support_type": "STANDARD"},
        deletion_protection=spec.protect,
        tags=spec.labels,
        opts=pulumi.ResourceOptions.merge(
            opts, pulumi.ResourceOptions(protect=spec.protect, depends_on=[logs, *rights])
        ),
    )
    _admins(name, cluster, spec)
    _oidc(name, cluster, spec)
    return cluster


def _role(
    name: str, spec: GpuClusterSpec, opts: pulumi.ResourceOptions
) -> tuple[iam.Role, list[pulumi.Resource]]:
    role = iam.Role(
        f"{name}-control-plane", assume_role_policy=trust("eks.amazonaws.com"), tags=spec.labels, opts=opts
    )
    own = pulumi.ResourceOptions(parent=role)
    attached = iam.RolePolicyAttachment(
        f"{name}-control-plane",
        role=role.name,
        policy_arn=managed(spec.region, "AmazonEKSClusterPolicy"),
        opts=own,
    )
    actions = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"]
    key = iam.RolePolicy(
        f"{name}-control-plane-key",
        role=role.name,
        policy=document(allow("Secrets", actions, spec.key)),
        opts=own,
    )
    return role, [attached, key]


def _admins(name: str, cluster: eks.Cluster, spec: GpuClusterSpec) -> None:
    """Let administrators in; who deploys is one of them or sees nothing of the cluster's inside."""
    policy = f"arn:{partition(spec.region)}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    for principal in spec.admin_principals:
        label = f"{name}-admin-{principal.rpartition('/')[2]}"
        entry = eks.AccessEntry(
            label,
            cluster_name=cluster.name,
            principal_arn=principal,
            type="STANDARD",
            tags=spec.labels,
            opts=part_of(cluster),
        )
        eks.AccessPolicyAssociation(
            label,
            cluster_name=cluster.name,
            principal_arn=principal,
            policy_arn=policy,
            access_scope={"type": "cluster"},
            opts=pulumi.ResourceOptions(parent=entry, depends_on=[entry]),
        )


def _oidc(name: str, cluster: eks.Cluster, spec: GpuClusterSpec) -> None:
    """Make the cluster's tokens known to IAM, so that other clouds and accounts can trust its workloads."""
    iam.OpenIdConnectProvider(
        name,
        url=cluster.identities[0].oidcs[0].issuer,
        client_id_lists=["sts.amazonaws.com"],
        tags=spec.labels,
        opts=part_of(cluster),
    )


def kubeconfig(cluster: eks.Cluster, region: str) -> pulumi.Output[str]:
    """Write how to reach the cluster: by a short-lived token of the caller's own, which the AWS CLI fetches."""
    command = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": ["eks", "get-token", "--cluster-name", cluster.name, "--region", region, "--output", "json"],
    }
    server = {
        "server": cluster.endpoint,
        "certificate-authority-data": cluster.certificate_authority.data,
    }
    config: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "eks", "cluster": server}],
        "users": [{"name": "caller", "user": {"exec": command}}],
        "contexts": [{"name": "eks", "context": {"cluster": "eks", "user": "caller"}}],
        "current-context": "eks",
    }
    return pulumi.Output.json_dumps(config)
