"""No long-lived key of a person or machine is made."""

from policy.model.checks import forbidden, is_false, is_true, must, must_not
from policy.model.rule import Frameworks, Rule, Severity

RULE = Rule(
    name="nobody-holds-static-keys",
    says="No long-lived key of a person or machine is made",
    why="A key that never ends is in a notebook, a log and a laptop before the year is over",
    fix="Use workload identity and short tokens.",
    severity=Severity.HIGH,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(b)",),
        hipaa=("164.312(a)(2)(i)", "164.312(d)"),
        iso27001=("A.5.16", "A.5.17"),
        soc2=("CC6.1", "CC6.2"),
        nist=("IA-5", "AC-2"),
        cis=("5.2", "6.8"),
    ),
    at_create={
        "aws:iam/accessKey:AccessKey": forbidden(
            "it is a long-lived key", "use aws.eks.PodIdentityAssociation or a role"
        ),
        "aws:iam/user:User": forbidden(
            "it is a user with its own credentials", "use a role of the identity provider"
        ),
        "gcp:serviceaccount/key:Key": forbidden(
            "it is a long-lived key", "use workload identity federation for GKE"
        ),
        "azure-native:storage:StorageAccount": must(
            "allowSharedKeyAccess", is_false, "set allowSharedKeyAccess to false and use workload identity"
        ),
        "azure-native:containerservice:ManagedCluster": must(
            "disableLocalAccounts", is_true, "set disableLocalAccounts to true"
        ),
        "gcp:container/cluster:Cluster": must_not(
            "masterAuth.clientCertificateConfig.issueClientCertificate",
            is_true,
            "set masterAuth.clientCertificateConfig.issueClientCertificate to false",
        ),
    },
)
