"""People get one of three roles, and only platform admins rule a cluster."""

from infra.catalog.values import Value
from policy.model.checks import is_false, is_true, must, must_not, where
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Option, Rule, Severity
from policy.model.verdicts import NotApplicable, Verdict


def _cluster_admin(binding: Resource, facts: Facts) -> Verdict:
    if binding.get("roleRef.name") != "cluster-admin":
        return NotApplicable("it binds another role")
    groups = facts.options["adminGroups"]

    def allowed(subject: Value) -> bool:
        return subject.get("kind") == "Group" and subject.get("name") in groups

    return must("subjects[*]", allowed, f"bind cluster-admin to the group {groups[0]} only")(binding, facts)


def _is_role(arn: Value) -> bool:
    return ":role/" in str(arn)


RULE = Rule(
    name="people-have-one-of-three-roles",
    says="People get one of three roles, and only platform admins rule a cluster",
    why="Rights that are given by name, and one by one, are never taken back",
    fix="Bind cluster-admin to the group of platform admins only.",
    severity=Severity.HIGH,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(b)", "Art. 32(4)"),
        hipaa=("164.312(a)(1)",),
        iso27001=("A.5.15", "A.5.18", "A.8.2"),
        soc2=("CC6.3",),
        nist=("AC-2", "AC-3(7)", "AC-6(1)"),
        cis=("5.4", "6.8"),
    ),
    at_create={
        "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": _cluster_admin,
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": where(
            "policyArn",
            lambda arn: str(arn).endswith("AmazonEKSClusterAdminPolicy"),
            must("principalArn", _is_role, "give it to a role of the platform admins, not to a user"),
            "it gives no rule over the cluster",
        ),
        "aws:eks/cluster:Cluster": must(
            "accessConfig.bootstrapClusterCreatorAdminPermissions",
            is_false,
            "set accessConfig.bootstrapClusterCreatorAdminPermissions to false, and add an access entry for admins",
        ),
        "azure-native:containerservice:ManagedCluster": must(
            "aadProfile.enableAzureRBAC",
            is_true,
            "set aadProfile.enableAzureRBAC and aadProfile.managed to true",
        ),
        "gcp:container/cluster:Cluster": must_not(
            "enableLegacyAbac", is_true, "set enableLegacyAbac to false"
        ),
    },
    options={
        "adminGroups": Option(
            ["causeway:platform-admin"],
            {"type": "array", "items": {"type": "string"}},
            "Groups that may be bound to cluster-admin.",
        )
    },
)
