"""An IAM role that one service account of one cluster takes by EKS Pod Identity."""

import pulumi
from pulumi_aws import eks, iam

from components.amazon import Statement, allow, document, needed, partition
from components.identity.shape import IdentityOutputs, IdentitySpec, StoreRight

READ = ("s3:GetObject", "s3:GetObjectVersion")
WRITE = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject")
LIST = ("s3:ListBucket",)


def build(name: str, spec: IdentitySpec, opts: pulumi.ResourceOptions) -> IdentityOutputs:
    """Make the role, its rights and its binding to the service account.

    Raises:
        ProblemsError: Cluster, region or account is missing.
    """
    needed("Identity", name, cluster=spec.cluster, region=spec.region, account=spec.account)
    role = iam.Role(
        name,
        assume_role_policy=document(_trust(spec)),
        max_session_duration=3600,
        tags=spec.labels,
        opts=opts,
    )
    own = pulumi.ResourceOptions(parent=role)
    if spec.stores:
        statements = [
            one for label, right in spec.stores.items() for one in rights(label, right, spec.region)
        ]
        iam.RolePolicy(name, role=role.name, policy=document(*statements), opts=own)
    eks.PodIdentityAssociation(
        name,
        cluster_name=spec.cluster,
        namespace=spec.workload,
        service_account=spec.workload,
        role_arn=role.arn,
        tags=spec.labels,
        opts=own,
    )
    return IdentityOutputs(role.arn, {})


def _trust(spec: IdentitySpec) -> Statement:
    """Trust Pod Identity alone, for this account, cluster, namespace and service account alone."""
    # the three tags are those that EKS sets on every session of Pod Identity
    session = {
        "aws:SourceAccount": spec.account,
        "aws:RequestTag/eks-cluster-name": spec.cluster,
        "aws:RequestTag/kubernetes-namespace": spec.workload,
        "aws:RequestTag/kubernetes-service-account": spec.workload,
    }
    return allow(
        "PodIdentity",
        ["sts:AssumeRole", "sts:TagSession"],
        Principal={"Service": "pods.eks.amazonaws.com"},
        Condition={"StringEquals": session},
    )


def rights(name: str, right: StoreRight, region: str) -> list[Statement]:
    """Give the statements for one store: objects below the prefix, listing of the prefix, and the key through S3."""
    sid = "".join(word.capitalize() for word in name.replace("_", "-").split("-") if word.isalnum())
    bucket = pulumi.Output.concat(f"arn:{partition(region)}:s3:::", right.store)
    below = pulumi.Output.concat(bucket, f"/{right.prefix}/*" if right.prefix else "/*")
    prefix = (
        {"Condition": {"StringLike": {"s3:prefix": [right.prefix, f"{right.prefix}/*"]}}}
        if right.prefix
        else {}
    )
    writes = right.access == "write"
    statements = [
        allow(f"{sid}Objects", READ + WRITE if writes else READ, below),
        allow(f"{sid}List", LIST, bucket, **prefix),
    ]
    if right.key is not None:
        through = {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}
        actions = ("kms:Decrypt", "kms:GenerateDataKey") if writes else ("kms:Decrypt",)
        statements.append(allow(f"{sid}Key", actions, right.key, Condition=through))
    return statements
