"""Rows for the rules of exposure and identity."""

import json

from policy.model.resource import Resource
from tests.policy.make import resource as r
from tests.policy.rules.case import UNKNOWN, breaks, keeps, unsure

EKS, GKE, AKS = (
    "aws:eks/cluster:Cluster",
    "gcp:container/cluster:Cluster",
    "azure-native:containerservice:ManagedCluster",
)
TEMPLATE, POOL, AGENTS = (
    "aws:ec2/launchTemplate:LaunchTemplate",
    "gcp:container/nodePool:NodePool",
    "azure-native:containerservice:AgentPool",
)
BUCKET = r("aws:s3/bucket:Bucket", "bucket")
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ALL_FOUR = dict.fromkeys(
    ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
)
DEPLOYMENT, SERVICE = "kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Service"


def allow(action: str) -> str:
    """Make an IAM policy that allows one action."""
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
    )


def trusting(principal: str, *, mfa: bool = False) -> str:
    """Make a trust policy of a role."""
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    condition = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}} if mfa else {}
    return json.dumps({"Statement": [{**statement, **condition}]})


def federated(condition: dict[str, object]) -> Resource:
    """Make a role that is taken with tokens of a cluster elsewhere."""
    principal = {"Federated": "arn:aws:iam::1:oidc-provider/tokens.example.org"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRoleWithWebIdentity"}
    document = {"Version": "2012-10-17", "Statement": [{**statement, "Condition": condition}]}
    return r("aws:iam/role:Role", "r", assumeRolePolicy=json.dumps(document))


def deployment(namespace: str = "research", **container: object) -> Resource:
    """Make a deployment with one container."""
    spec = {"template": {"spec": {"containers": [{"name": "c", **container}]}}}
    return r(DEPLOYMENT, "d", metadata={"name": "d", "namespace": namespace}, spec=spec)


def mounting(volume: dict[str, object], namespace: str = "research") -> Resource:
    """Make a deployment with one volume."""
    spec = {"template": {"spec": {"volumes": [{"name": "v", **volume}]}}}
    return r(DEPLOYMENT, "d", metadata={"name": "d", "namespace": namespace}, spec=spec)


def beside(daemon: str, folder: str) -> Resource:
    """Make a deployment whose pods have a sidecar and one folder of the machine."""
    volumes = [{"name": "v", "hostPath": {"path": folder}}]
    spec = {"template": {"spec": {"volumes": volumes, "initContainers": [{"name": daemon}]}}}
    return r(DEPLOYMENT, "d", metadata={"name": "d", "namespace": "research"}, spec=spec)


def balanced(**annotations: str) -> Resource:
    """Make a service with a load balancer."""
    return r(SERVICE, "s", metadata={"name": "s", "annotations": annotations}, spec={"type": "LoadBalancer"})


def inbound(**source: object) -> dict[str, object]:
    """Make a rule of an Azure network security group."""
    return {"access": "Allow", "direction": "Inbound", "protocol": "Tcp", "priority": 100, **source}


def bound(name: str) -> Resource:
    """Make a binding of cluster-admin."""
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": name}
    return r(
        "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
        "b",
        roleRef=reference,
        subjects=[subject],
    )


NETWORK = [
    keeps(
        "control-planes-are-private",
        "private",
        r(EKS, "c", vpcConfig={"endpointPublicAccess": False, "endpointPrivateAccess": True}),
    ),
    breaks(
        "control-planes-are-private",
        "public by default",
        r(EKS, "c", vpcConfig={"endpointPrivateAccess": True}),
    ),
    keeps(
        "control-planes-are-private",
        "private",
        r(GKE, "c", privateClusterConfig={"enablePrivateEndpoint": True}),
    ),
    breaks(
        "control-planes-are-private",
        "public",
        r(GKE, "c", privateClusterConfig={"enablePrivateEndpoint": False}),
    ),
    keeps(
        "control-planes-are-private",
        "private",
        r(AKS, "c", apiServerAccessProfile={"enablePrivateCluster": True}),
    ),
    breaks(
        "control-planes-are-private",
        "ranges only",
        r(AKS, "c", apiServerAccessProfile={"authorizedIPRanges": ["1.2.3.4/32"]}),
    ),
    keeps(
        "nodes-have-no-public-address",
        "none",
        r(TEMPLATE, "t", networkInterfaces=[{"associatePublicIpAddress": "false"}]),
    ),
    breaks(
        "nodes-have-no-public-address",
        "second interface",
        r(TEMPLATE, "t", networkInterfaces=[{}, {"associatePublicIpAddress": "true"}]),
    ),
    keeps(
        "nodes-have-no-public-address", "private", r(POOL, "p", networkConfig={"enablePrivateNodes": True})
    ),
    breaks("nodes-have-no-public-address", "by default", r(POOL, "p", nodeCount=1)),
    breaks(
        "nodes-have-no-public-address",
        "access config",
        r(
            "gcp:compute/instance:Instance",
            "i",
            networkInterfaces=[{"accessConfigs": [{"natIp": "1.2.3.4"}]}],
        ),
    ),
    breaks("nodes-have-no-public-address", "public", r(AGENTS, "p", enableNodePublicIP=True)),
    keeps(
        "nothing-is-open-to-everyone",
        "private range",
        r("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "i", cidrIpv4="10.0.0.0/8"),
    ),
    breaks(
        "nothing-is-open-to-everyone",
        "IPv6",
        r("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "i", cidrIpv6="::/0"),
    ),
    breaks(
        "nothing-is-open-to-everyone",
        "SSH",
        r(
            "aws:ec2/securityGroup:SecurityGroup",
            "g",
            ingress=[{"fromPort": 22, "toPort": 22, "protocol": "tcp", "cidrBlocks": ["0.0.0.0/0"]}],
        ),
    ),
    keeps(
        "nothing-is-open-to-everyone",
        "out, not in",
        r("aws:ec2/securityGroupRule:SecurityGroupRule", "g", type="egress", cidrBlocks=["0.0.0.0/0"]),
    ),
    breaks(
        "nothing-is-open-to-everyone",
        "in",
        r("aws:ec2/securityGroupRule:SecurityGroupRule", "g", type="ingress", cidrBlocks=["0.0.0.0/0"]),
    ),
    unsure(
        "nothing-is-open-to-everyone",
        "unknown range",
        r("aws:ec2/securityGroupRule:SecurityGroupRule", "g", type="ingress", cidrBlocks=[UNKNOWN]),
    ),
    keeps(
        "nothing-is-open-to-everyone",
        "denies",
        r("gcp:compute/firewall:Firewall", "f", denies=[{"protocol": "all"}], sourceRanges=["0.0.0.0/0"]),
    ),
    breaks(
        "nothing-is-open-to-everyone",
        "allows",
        r("gcp:compute/firewall:Firewall", "f", allows=[{"protocol": "tcp"}], sourceRanges=["0.0.0.0/0"]),
    ),
    keeps(
        "nothing-is-open-to-everyone",
        "virtual network",
        r(
            "azure-native:network:NetworkSecurityGroup",
            "g",
            securityRules=[inbound(sourceAddressPrefix="VirtualNetwork")],
        ),
    ),
    breaks(
        "nothing-is-open-to-everyone",
        "star",
        r("azure-native:network:NetworkSecurityGroup", "g", securityRules=[inbound(sourceAddressPrefix="*")]),
    ),
    breaks(
        "nothing-is-open-to-everyone",
        "Internet",
        r("azure-native:network:SecurityRule", "g", given=inbound(sourceAddressPrefix="Internet")),
    ),
    keeps(
        "services-listen-privately",
        "in the cluster",
        r(SERVICE, "s", metadata={"name": "s"}, spec={"type": "ClusterIP"}),
    ),
    keeps(
        "services-listen-privately",
        "internal",
        balanced(**{"networking.gke.io/load-balancer-type": "Internal"}),
    ),
    breaks("services-listen-privately", "public", balanced()),
    keeps("services-listen-privately", "internal", r("aws:lb/loadBalancer:LoadBalancer", "l", internal=True)),
    breaks(
        "services-listen-privately",
        "facing the internet",
        r("aws:lb/loadBalancer:LoadBalancer", "l", internal=False),
    ),
]
MACHINES = [
    keeps(
        "metadata-needs-a-session",
        "IMDSv2, one hop",
        r(TEMPLATE, "t", metadataOptions={"httpTokens": "required", "httpPutResponseHopLimit": 1}),
    ),
    breaks(
        "metadata-needs-a-session", "IMDSv1", r(TEMPLATE, "t", metadataOptions={"httpTokens": "optional"})
    ),
    breaks(
        "metadata-needs-a-session",
        "two hops",
        r(TEMPLATE, "t", metadataOptions={"httpTokens": "required", "httpPutResponseHopLimit": 2}),
    ),
    keeps(
        "metadata-needs-a-session",
        "GKE's server",
        r(POOL, "p", nodeConfig={"workloadMetadataConfig": {"mode": "GKE_METADATA"}}),
    ),
    breaks(
        "metadata-needs-a-session",
        "the machine's own",
        r(POOL, "p", nodeConfig={"workloadMetadataConfig": {"mode": "GCE_METADATA"}}),
    ),
    keeps("pods-are-not-privileged", "plain", deployment(image="i")),
    keeps(
        "pods-are-not-privileged",
        "device plug-in",
        deployment("gpu-operator", securityContext={"privileged": True}),
    ),
    breaks("pods-are-not-privileged", "privileged", deployment(securityContext={"privileged": True})),
    keeps("pods-mount-no-host-paths", "emptyDir", mounting({"emptyDir": {"medium": "Memory"}})),
    breaks("pods-mount-no-host-paths", "the machine's root", mounting({"hostPath": {"path": "/"}})),
    keeps("pods-mount-no-host-paths", "a fabric's daemon", beside("tcpxo-daemon", "/dev/aperture_devices")),
    breaks("pods-mount-no-host-paths", "more than the daemon needs", beside("tcpxo-daemon", "/")),
    breaks("pods-mount-no-host-paths", "another sidecar", beside("helper", "/sys")),
    keeps("pods-mount-no-host-paths", "driver", mounting({"hostPath": {"path": "/dev"}}, "kube-system")),
]
PEOPLE = [
    keeps(
        "stores-are-not-public",
        "blocked",
        r(BLOCK, "b", from_={"bucket": BUCKET}, given={"bucket": UNKNOWN, **ALL_FOUR}),
        BUCKET,
    ),
    breaks("stores-are-not-public", "nothing blocks", BUCKET),
    breaks(
        "stores-are-not-public",
        "three of four",
        r(BLOCK, "b", given={**ALL_FOUR, "blockPublicPolicy": False}),
    ),
    keeps(
        "stores-are-not-public",
        "enforced",
        r("gcp:storage/bucket:Bucket", "b", publicAccessPrevention="enforced", uniformBucketLevelAccess=True),
    ),
    breaks(
        "stores-are-not-public",
        "inherited",
        r(
            "gcp:storage/bucket:Bucket",
            "b",
            publicAccessPrevention="inherited",
            uniformBucketLevelAccess=True,
        ),
    ),
    breaks(
        "stores-are-not-public",
        "allUsers",
        r(
            "gcp:storage/bucketIAMMember:BucketIAMMember",
            "m",
            member="allUsers",
            role="roles/storage.objectViewer",
        ),
    ),
    keeps(
        "stores-are-not-public",
        "closed",
        r(
            "azure-native:storage:StorageAccount",
            "a",
            allowBlobPublicAccess=False,
            publicNetworkAccess="Disabled",
        ),
    ),
    breaks(
        "stores-are-not-public",
        "container",
        r("azure-native:storage:BlobContainer", "c", publicAccess="Blob"),
    ),
    keeps(
        "permissions-name-their-actions",
        "one action",
        r("aws:iam/policy:Policy", "p", policy=allow("s3:GetObject")),
    ),
    breaks(
        "permissions-name-their-actions",
        "all of S3",
        r("aws:iam/rolePolicy:RolePolicy", "p", policy=allow("s3:*")),
    ),
    unsure(
        "permissions-name-their-actions", "unknown document", r("aws:iam/policy:Policy", "p", policy=UNKNOWN)
    ),
    keeps(
        "permissions-name-their-actions",
        "narrow role",
        r(
            "gcp:projects/iAMMember:IAMMember",
            "m",
            role="roles/storage.objectViewer",
            member="serviceAccount:s",
        ),
    ),
    breaks(
        "permissions-name-their-actions",
        "owner",
        r("gcp:projects/iAMMember:IAMMember", "m", role="roles/owner", member="serviceAccount:s"),
    ),
    breaks(
        "permissions-name-their-actions",
        "star",
        r("azure-native:authorization:RoleDefinition", "d", permissions=[{"actions": ["*"]}]),
    ),
    breaks(
        "permissions-name-their-actions",
        "all verbs",
        r(
            "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
            "c",
            rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}],
        ),
    ),
    breaks("nobody-holds-static-keys", "access key", r("aws:iam/accessKey:AccessKey", "k", user="u")),
    breaks(
        "nobody-holds-static-keys",
        "service account key",
        r("gcp:serviceaccount/key:Key", "k", serviceAccountId="s"),
    ),
    keeps(
        "nobody-holds-static-keys",
        "no shared key",
        r("azure-native:storage:StorageAccount", "a", allowSharedKeyAccess=False),
    ),
    breaks(
        "nobody-holds-static-keys",
        "shared key",
        r("azure-native:storage:StorageAccount", "a", allowSharedKeyAccess=True),
    ),
    keeps(
        "workloads-have-their-own-identity",
        "pool",
        r(GKE, "c", workloadIdentityConfig={"workloadPool": "p.svc.id.goog"}),
    ),
    breaks("workloads-have-their-own-identity", "none", r(GKE, "c", location="europe-west4")),
    keeps(
        "workloads-have-their-own-identity", "API", r(EKS, "c", accessConfig={"authenticationMode": "API"})
    ),
    breaks(
        "workloads-have-their-own-identity",
        "no issuer",
        r(AKS, "c", securityProfile={"workloadIdentity": {"enabled": True}}),
    ),
    keeps(
        "workloads-have-their-own-identity",
        "one account of a site",
        federated({"StringEquals": {"tokens.example.org:sub": "system:serviceaccount:train:train"}}),
    ),
    breaks(
        "workloads-have-their-own-identity",
        "everyone at a site",
        federated({"StringEquals": {"tokens.example.org:aud": "sts.amazonaws.com"}}),
    ),
    breaks(
        "workloads-have-their-own-identity",
        "every account of a site",
        federated({"StringLike": {"tokens.example.org:sub": "system:serviceaccount:*"}}),
    ),
    breaks(
        "workloads-have-their-own-identity",
        "everyone but one",
        federated({"StringNotEquals": {"tokens.example.org:sub": "system:serviceaccount:train:train"}}),
    ),
    breaks("workloads-have-their-own-identity", "no condition", federated({})),
    keeps(
        "workloads-have-their-own-identity",
        "a service of the cloud",
        r("aws:iam/role:Role", "r", assumeRolePolicy=trusting("arn:aws:iam::1:role/deployer")),
    ),
    unsure(
        "workloads-have-their-own-identity",
        "an issuer of this stack",
        r("aws:iam/role:Role", "r", assumeRolePolicy=UNKNOWN),
    ),
    keeps("people-have-one-of-three-roles", "platform admins", bound("causeway:platform-admin")),
    breaks("people-have-one-of-three-roles", "everyone", bound("system:authenticated")),
    keeps(
        "people-have-one-of-three-roles",
        "other group by option",
        bound("sre"),
        options={"adminGroups": ["sre"]},
    ),
    breaks(
        "people-have-one-of-three-roles",
        "creator rules",
        r(EKS, "c", accessConfig={"authenticationMode": "API"}),
    ),
    breaks("people-have-one-of-three-roles", "attributes", r(GKE, "c", enableLegacyAbac=True)),
    keeps(
        "admins-prove-who-they-are",
        "second factor",
        r("aws:iam/role:Role", "r", assumeRolePolicy=trusting("arn:aws:iam::1:root", mfa=True)),
    ),
    breaks(
        "admins-prove-who-they-are",
        "password only",
        r("aws:iam/role:Role", "r", assumeRolePolicy=trusting("arn:aws:iam::1:root")),
    ),
    keeps(
        "admins-prove-who-they-are",
        "a role takes it",
        r("aws:iam/role:Role", "r", assumeRolePolicy=trusting("arn:aws:iam::1:role/deployer")),
    ),
]
JOB, MACSEC = "localhost:index:Job", "aws:directconnect/macsecKeyAssociation:MacsecKeyAssociation"
SECRETS = [
    keeps(
        "secrets-are-secret",
        "marked",
        r(JOB, "j", environment={"HF_TOKEN": "hf_x"}, secrets=["environment.HF_TOKEN"]),
    ),
    keeps(
        "secrets-are-secret",
        "all marked",
        r(JOB, "j", environment={"HF_TOKEN": "hf_x"}, secrets=["environment"]),
    ),
    breaks("secrets-are-secret", "by name", r(JOB, "j", environment={"HF_TOKEN": "abc"})),
    breaks("secrets-are-secret", "by shape", r(JOB, "j", command=["curl", "AKIAIOSFODNN7EXAMPLE"])),
    breaks("secrets-are-secret", "in a container", deployment(env=[{"name": "DB_PASSWORD", "value": "abc"}])),
    keeps(
        "secrets-are-secret",
        "named elsewhere",
        deployment(env=[{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]),
    ),
    keeps(
        "secrets-are-secret",
        "a class of that name",
        r("causeway:index:KeyRing", "k", jurisdictions={"secret": ["eu"]}, rotation_days={"secret": 90}),
    ),
    breaks("secrets-are-secret", "by shape in a list", r(JOB, "j", token=["AKIAIOSFODNN7EXAMPLE"])),
    breaks("secrets-are-secret", "a port's key", r(MACSEC, "k", cak="abc")),
    keeps("secrets-are-secret", "a port's key, marked", r(MACSEC, "k", cak="abc", secrets=["cak"])),
    breaks(
        "secrets-are-secret",
        "a session's key",
        r("aws:directconnect/transitVirtualInterface:TransitVirtualInterface", "s", bgpAuthKey="abc"),
    ),
    breaks(
        "secrets-are-secret",
        "a tunnel's key",
        r("aws:ec2/vpnConnection:VpnConnection", "t", tunnel1PresharedKey="abc"),
    ),
    breaks(
        "secrets-are-secret",
        "a peering's key",
        r("azure-native:network:ExpressRouteCircuitPeering", "p", sharedKey="abc"),
    ),
    keeps(
        "secrets-are-secret",
        "where it is kept",
        r(MACSEC, "m", secretArn="arn:aws:secretsmanager:eu-west-1:1:secret:x"),
    ),
]
CASES = [*NETWORK, *MACHINES, *PEOPLE, *SECRETS]
