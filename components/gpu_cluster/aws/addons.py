"""EKS add-ons: the network first, what needs nodes later; each with a role of its own where it calls AWS."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import eks, iam

from components.amazon import Statement, allow, document, managed
from components.gpu_cluster.aws.versions import ADDONS
from components.gpu_cluster.shape import GpuClusterSpec
from components.parts import held, part_of

BEFORE_NODES = ("eks-pod-identity-agent", "kube-proxy")
NETWORK = {"enableNetworkPolicy": "true"}
"""Lets the network's own agent hold pods to their policies, which are words alone without it (amazon-vpc-cni-k8s, chart
aws-vpc-cni, values.yaml: a text, off by default)."""
VOLUME_KEY = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""What making a disk under our key takes."""


@dataclass(frozen=True)
class Addons:
    """Installs the add-ons of one cluster."""

    name: str
    """The cluster's name in the program."""
    cluster: eks.Cluster
    """The control plane."""
    spec: GpuClusterSpec
    """The cluster's settings."""

    def before_nodes(self) -> list[pulumi.Resource]:
        """Install what a node needs to become ready."""
        cni = self.role("vpc-cni", "AmazonEKS_CNI_Policy")
        plain: list[pulumi.Resource] = [self.install(addon) for addon in BEFORE_NODES]
        return [*plain, self.install("vpc-cni", account="aws-node", role=cni, values=NETWORK)]

    def with_nodes(self, after: Sequence[pulumi.Resource]) -> list[pulumi.Resource]:
        """Install what runs on nodes: names, and disks under our key."""
        through = {"StringEquals": {"kms:ViaService": f"ec2.{self.spec.region}.amazonaws.com"}}
        disks = self.role(
            "ebs-csi",
            "service-role/AmazonEBSCSIDriverPolicyV2",
            allow("Key", VOLUME_KEY, self.spec.key, Condition=through),
        )
        return [
            self.install("coredns", after=after),
            self.install("aws-ebs-csi-driver", account="ebs-csi-controller-sa", role=disks, after=after),
        ]

    def install(
        self,
        addon: str,
        *,
        account: str = "",
        role: pulumi.Output[str] | None = None,
        values: Mapping[str, str] | None = None,
        after: Sequence[pulumi.Resource] = (),
    ) -> eks.Addon:
        """Install one add-on in its pinned version."""
        bound = [{"service_account": account, "role_arn": role}] if role is not None else None
        return eks.Addon(
            f"{self.name}-{addon}",
            cluster_name=self.cluster.name,
            addon_name=addon,
            addon_version=ADDONS[addon],
            pod_identity_associations=bound,
            configuration_values=json.dumps(values) if values else None,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="PRESERVE",
            tags=self.spec.labels,
            opts=part_of(self.cluster, depends_on=list(after)),
        )

    def role(self, label: str, policy: str = "", *statements: Statement) -> pulumi.Output[str]:
        """Make a role that Pod Identity gives to one add-on or controller of this cluster.

        Its ARN is given with its rights: what lost them too early would leave machines and interfaces behind.
        """
        own = {
            "aws:SourceAccount": self.spec.account,
            "aws:RequestTag/eks-cluster-name": self.cluster.name,
        }
        made = iam.Role(
            f"{self.name}-{label}",
            assume_role_policy=document(
                allow(
                    "PodIdentity",
                    ["sts:AssumeRole", "sts:TagSession"],
                    Principal={"Service": "pods.eks.amazonaws.com"},
                    Condition={"StringEquals": own},
                )
            ),
            tags=self.spec.labels,
            opts=part_of(self.cluster),
        )
        rights: list[pulumi.CustomResource] = []
        of_role: dict[str, Any] = {"role": made.name, "opts": pulumi.ResourceOptions(parent=made)}
        if policy:
            arn = managed(self.spec.region, policy)
            rights.append(iam.RolePolicyAttachment(f"{self.name}-{label}", policy_arn=arn, **of_role))
        if statements:
            rights.append(iam.RolePolicy(f"{self.name}-{label}", policy=document(*statements), **of_role))
        return held(made.arn, rights)
