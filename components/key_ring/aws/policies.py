"""Who may do what with a KMS key."""

from dataclasses import dataclass

import pulumi

from components.amazon import Statement, allow, document, partition

ADMINISTER = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ReplicateKey",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
"""What administrators do; none of it reads data."""

USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""What reading and writing encrypted data takes."""

_LAUNCHERS = (
    "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
    "role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
)
_LUSTRE = "role/aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_*"


@dataclass(frozen=True)
class Writer:
    """Writes key policies for one account and region. On a key policy, Resource "*" means this key."""

    account: str
    """The account's number."""
    region: str
    """The region of the services that use the key."""

    def data(self) -> pulumi.Output[str]:
        """For a class of data: principals that IAM allows it, and only through the services that hold such data."""
        services = ("ec2", "fsx", "s3", "secretsmanager", "sqs")
        return document(self._admins(), self._users(*services), self._grants(*services), self._lustre())

    def logs(self) -> pulumi.Output[str]:
        """For log groups: CloudWatch Logs itself, for groups of this account and region alone."""
        arns = f"arn:{self._partition}:logs:{self.region}:{self.account}:*"
        return document(
            self._admins(),
            allow(
                "Logs",
                USE,
                "*",
                Principal={"Service": f"logs.{self.region}.amazonaws.com"},
                Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arns}},
            ),
        )

    def cluster(self) -> pulumi.Output[str]:
        """For a cluster: its secrets by its own role, and the disks of machines that Auto Scaling and Spot start.

        Their roles cannot be principals of the policy before they exist, so a condition names them.
        """
        own = {"StringEquals": {"kms:CallerAccount": self.account}}
        for_aws = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        here = f"arn:{self._partition}:iam::{self.account}"
        role = {"ArnLike": {"aws:PrincipalArn": [f"{here}:{name}" for name in _LAUNCHERS]}}
        everyone, events = {"AWS": "*"}, {"Service": "events.amazonaws.com"}
        ours = {"StringEquals": {"aws:SourceAccount": self.account}}
        return document(
            self._admins(),
            allow("Principals", USE, "*", Principal=self._root, Condition=own),
            # who makes the cluster, by IAM's leave: EKS asks for its grant without saying that it is for a resource of
            # AWS, and refuses keys that insist on it (EKS guide, encrypt secrets with KMS)
            allow("Grants", ["kms:CreateGrant"], "*", Principal=self._root, Condition=own),
            # EventBridge writes the notices of interrupted machines into the cluster's queue
            allow("Events", ["kms:Decrypt", "kms:GenerateDataKey"], "*", Principal=events, Condition=ours),
            allow("Launchers", USE, "*", Principal=everyone, Condition=own | role),
            allow(
                "LaunchersGrants",
                ["kms:CreateGrant"],
                "*",
                Principal=everyone,
                Condition=own | role | for_aws,
            ),
        )

    @property
    def _partition(self) -> str:
        return partition(self.region)

    @property
    def _root(self) -> dict[str, str]:
        # the account stands for principals whom IAM policies allow it; it opens the key to nobody by itself
        return {"AWS": f"arn:{self._partition}:iam::{self.account}:root"}

    def _admins(self) -> Statement:
        return allow("Administrators", ADMINISTER, "*", Principal=self._root)

    def _users(self, *services: str) -> Statement:
        return allow(
            "Users", USE, "*", Principal=self._root, Condition={"StringEquals": self._through(services)}
        )

    def _grants(self, *services: str) -> Statement:
        condition = {
            "StringEquals": self._through(services),
            "Bool": {"kms:GrantIsForAWSResource": "true"},
        }
        return allow("Grants", ["kms:CreateGrant"], "*", Principal=self._root, Condition=condition)

    def _lustre(self) -> Statement:
        """Let the mirror of a Lustre file system read and write a bucket under the key.

        FSx makes a role of its own for each file system; it has no rights on keys, and cannot be a principal of the
        policy before it exists (FSx guide, server-side encrypted S3 buckets).
        """
        return allow(
            "Lustre",
            USE,
            "*",
            Principal={"AWS": "*"},
            Condition={
                "StringEquals": self._through(("s3",)),
                "ArnLike": {"aws:PrincipalArn": f"arn:{self._partition}:iam::{self.account}:{_LUSTRE}"},
            },
        )

    def _through(self, services: tuple[str, ...]) -> dict[str, object]:
        via = [f"{service}.{self.region}.amazonaws.com" for service in services]
        return {"kms:CallerAccount": self.account, "kms:ViaService": via}
