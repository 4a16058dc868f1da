"""An IAM role that one service account of one cluster takes: by EKS Pod Identity, or from afar by its own token."""

import pulumi
from pulumi_aws import eks, iam

from components.amazon import Statement, allow, document, needed, partition
from components.identity.shape import IdentityOutputs, IdentitySpec, StoreRight, Token
from components.parts import held

READ = ("s3:GetObject", "s3:GetObjectVersion")
WRITE = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts", "s3:PutObject")
LIST = ("s3:ListBucket",)

STS = "sts.amazonaws.com"
"""Whom tokens from afar are for (IAM guide, OIDC federation)."""

FOLDER = "/var/run/secrets/federation"
"""Where pods from afar find their token."""


def build(name: str, spec: IdentitySpec, opts: pulumi.ResourceOptions) -> IdentityOutputs:
    """Make the role, its rights and its binding to the service account.

    Raises:
        ProblemsError: Cluster, region or account is missing.
    """
    from_afar = spec.cluster is None and spec.issuer is not None
    cluster = spec.issuer if from_afar else spec.cluster
    needed("Identity", name, cluster=cluster, region=spec.region, account=spec.account)
    trust = _from_afar(name, spec, opts) if from_afar else document(trust_of(spec))
    role = iam.Role(
        name,
        assume_role_policy=trust,
        max_session_duration=3600,
        tags=spec.labels,
        opts=opts,
    )
    own = pulumi.ResourceOptions(parent=role)
    statements = [one for label, right in spec.stores.items() for one in rights(label, right, spec.region)]
    policy = (
        iam.RolePolicy(name, role=role.name, policy=document(*statements), opts=own) if statements else None
    )
    arn = held(role.arn, [policy] if policy else [])
    if from_afar:
        return IdentityOutputs(arn, {}, _variables(spec, arn), Token(STS, FOLDER))
    eks.PodIdentityAssociation(
        name,
        cluster_name=spec.cluster,
        namespace=spec.workload,
        service_account=spec.workload,
        role_arn=arn,
        tags=spec.labels,
        opts=own,
    )
    return IdentityOutputs(arn, {})


def _from_afar(name: str, spec: IdentitySpec, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """Trust tokens that the far cluster's issuer signs for STS; IAM finds the issuer's keys by itself."""
    provider = iam.OpenIdConnectProvider(
        name, url=spec.issuer, client_id_lists=[STS], tags=spec.labels, opts=opts
    )
    told = pulumi.Output.all(provider.arn, spec.issuer)
    return told.apply(lambda found: document(trust_from_afar(spec, *found)))


def trust_from_afar(spec: IdentitySpec, provider: str, issuer: str) -> Statement:
    """Trust one service account of one cluster somewhere else alone.

    Args:
        spec: The identity; its workload is namespace and service account.
        provider: The ARN of the provider that trusts the cluster's issuer.
        issuer: The issuer's address; without its scheme it begins the keys of conditions.
    """
    host = issuer.removeprefix("https://")
    token = {f"{host}:sub": f"system:serviceaccount:{spec.workload}:{spec.workload}", f"{host}:aud": STS}
    return allow(
        "FromAfar",
        ["sts:AssumeRoleWithWebIdentity"],
        Principal={"Federated": provider},
        Condition={"StringEquals": token},
    )


def _variables(spec: IdentitySpec, role: pulumi.Output[str]) -> dict[str, pulumi.Input[str]]:
    """Tell a client of S3 how to become the role (AWS SDKs reference, assume role with web identity)."""
    return {
        "AWS_REGION": spec.region,
        "AWS_ROLE_ARN": role,
        "AWS_ROLE_SESSION_NAME": spec.workload,
        "AWS_WEB_IDENTITY_TOKEN_FILE": f"{FOLDER}/token",
    }


def trust_of(spec: IdentitySpec) -> Statement:
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
