"""Defects of the stack that spans a site and a cloud."""

from tests.policy.mutations.mutation import Mutation, both, breaks, drop, more, plain, put, text
from tests.policy.mutations.stacks.kubernetes import ADMIN, CONTAINER, JOB, SERVER, serving, training

LINE = "aws:directconnect/connection:Connection"
NEAR, FAR = f"{LINE}::line-eqsk1-1", f"{LINE}::line-eqpa3-1"
SESSION = "aws:directconnect/transitVirtualInterface:TransitVirtualInterface::line-eqpa3-1"
KEYS = "aws:directconnect/macsecKeyAssociation:MacsecKeyAssociation::line-eqsk1-1"
TUNNEL = "aws:ec2/vpnConnection:VpnConnection::line-tunnel"
DOOR = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::line-door-10.200.0.0-16"
ROLE, RIGHTS = "aws:iam/role:Role::hybrid-pretrain", "aws:iam/rolePolicy:RolePolicy::hybrid-pretrain"
ACCOUNT = '"tokens.hall-1.example.org:sub": "system:serviceaccount:hybrid-pretrain:hybrid-pretrain", '
LOG, CLAIM = (
    "aws:cloudwatch/logGroup:LogGroup::tunnel",
    "kubernetes:core/v1:PersistentVolumeClaim::hybrid-serve-shared",
)
ENVIRONMENT = "causeway:index:Environment::hybrid"
TRAINER, ENDPOINT = f"{JOB}::hybrid-pretrain", f"{SERVER}::hybrid-serve"
PERSONAL = put(ENVIRONMENT, "dataClasses.models.personal", value=True)
KEY = "arn:aws:kms:eu-north-1:123456789012:key/1"
OWNED = {"owner": "ml-platform@example.org", "team": "ml-platform", "cost-center": "research"}
LABELS = {**OWNED, "data-class": "models"}

RESIDENCY: tuple[Mutation, ...] = (
    breaks("links-end-in-their-jurisdictions", "a port in Virginia", put(FAR, "region", "us-east-1")),
    breaks("links-end-in-their-jurisdictions", "a session in Virginia", put(SESSION, "region", "us-east-1")),
    breaks(
        "links-end-in-their-jurisdictions",
        "a site in America",
        put(ENVIRONMENT, "jurisdiction", "us"),
        "causeway:index:Interconnect::line-site",
    ),
    breaks(
        "logs-stay-in-their-jurisdictions",
        "a log of the tunnel in Virginia",
        more(LOG, {"region": "us-east-1", "retentionInDays": 365, "kmsKeyId": KEY}),
    ),
    breaks(
        "messages-stay-in-their-jurisdictions",
        "notices of the run in Virginia",
        more(
            "aws:sqs/queue:Queue::run",
            {"region": "us-east-1", "kmsMasterKeyId": KEY, "tags": LABELS},
        ),
    ),
    breaks(
        "what-holds-data-names-its-class",
        "a disk of nothing in particular",
        more(
            "aws:ebs/volume:Volume::cache",
            {"size": 100, "type": "gp3", "encrypted": True, "kmsKeyId": KEY, "tags": OWNED},
        ),
    ),
)
ENCRYPTION: tuple[Mutation, ...] = (
    breaks(
        "links-with-personal-data-are-encrypted",
        "personal data on a port that may go without MACsec",
        both(put(NEAR, "encryptionMode", "should_encrypt"), PERSONAL),
    ),
    breaks(
        "stored-secrets-use-our-keys",
        "the line's keys under Amazon's own key",
        more("aws:secretsmanager/secret:Secret::line", {"name": "line"}),
    ),
    breaks(
        "logs-use-our-keys",
        "a log of the tunnel under Amazon's own key",
        more(LOG, {"retentionInDays": 365}),
    ),
    breaks(
        "endpoints-speak-tls-1-3",
        "a way to the model without a certificate",
        more(
            "kubernetes:networking.k8s.io/v1:Ingress::hybrid-serve",
            {"spec": {"rules": [{"host": "model.example.org"}]}},
        ),
    ),
)
BUDGET: tuple[Mutation, ...] = (
    breaks(
        "stack-stays-under-its-cap",
        "a port of ten times the speed",
        put(NEAR, "bandwidth", "100Gbps"),
        "*",
    ),
    breaks("stack-stays-under-its-cap", "no cap at all", drop(ENVIRONMENT, "budget.monthlyUsd"), "*"),
    breaks(
        "teams-stay-under-their-caps",
        "a cap for the team",
        put(ENVIRONMENT, "budget.perTeam.ml-platform", 3000),
        "*",
    ),
    breaks(
        "useful-work-stays-under-its-price",
        "a price for tokens that nobody counted",
        put(ENVIRONMENT, "budget.usdPer1MTokens", 1),
        "*",
    ),
)
FABRIC: tuple[Mutation, ...] = (
    breaks(
        "gpu-pods-share-memory",
        "training without shared memory",
        drop(TRAINER, f"{CONTAINER}.volumeMounts[1]"),
    ),
    breaks(
        "pods-ask-for-no-more-than-a-machine-has",
        "more GPUs for the server than any machine has",
        put(ENDPOINT, f'{CONTAINER}.resources.limits."nvidia.com/gpu"', "32"),
    ),
)
EXPOSURE: tuple[Mutation, ...] = (
    breaks("nothing-is-open-to-everyone", "a door for everyone", put(DOOR, "cidrIpv4", "0.0.0.0/0")),
    breaks(
        "permissions-name-their-actions",
        "all of S3 for the site's trainer",
        text(RIGHTS, "policy", 's3:GetObject"', 's3:*"'),
    ),
    breaks(
        "admins-prove-who-they-are",
        "the trainer's role for people",
        text(
            ROLE,
            "assumeRolePolicy",
            '"Federated": "arn:aws:iam::123456789012:oidc-provider/tokens.hall-1.example.org"',
            '"AWS": "arn:aws:iam::123456789012:root"',
        ),
    ),
    breaks(
        "workloads-have-their-own-identity",
        "the trainer's role for everyone at the site",
        text(ROLE, "assumeRolePolicy", ACCOUNT, ""),
    ),
    breaks(
        "nobody-holds-static-keys",
        "a key of the cloud at the site",
        more("aws:iam/accessKey:AccessKey::site", {"user": "site"}),
    ),
    breaks(
        "secrets-are-secret",
        "a tunnel's key in the open",
        put(TUNNEL, "tunnel1PresharedKey", "a_key_of_the_tunnel"),
    ),
    breaks(
        "secrets-are-secret",
        "a session's key in the open",
        put(SESSION, "bgpAuthKey", "a_key_of_the_session"),
    ),
    breaks("secrets-are-secret", "a port's key in the open", plain(KEYS, "cak")),
    breaks(
        "pods-are-not-privileged",
        "a privileged server",
        put(ENDPOINT, f"{CONTAINER}.securityContext.privileged", value=True),
    ),
    ADMIN,
)
OPERATIONS: tuple[Mutation, ...] = (
    breaks("resources-say-whose-they-are", "a port of nobody", drop(NEAR, "tags.owner")),
    breaks(
        "resources-say-whose-they-are",
        "a claim on the file system that nobody pays",
        drop(CLAIM, 'metadata.labels."cost-center"'),
    ),
    breaks(
        "images-come-by-digest",
        "the server's image by tag",
        text(ENDPOINT, f"{CONTAINER}.image", "@sha256:", ":v"),
    ),
    breaks(
        "logs-are-kept-ninety-days",
        "a log of the tunnel for a month",
        more(LOG, {"retentionInDays": 30, "kmsKeyId": KEY}),
    ),
    breaks(
        "stateful-resources-are-protected",
        "a key of its own without protection",
        more(
            "aws:kms/key:Key::line",
            {
                "enableKeyRotation": True,
                "rotationPeriodInDays": 180,
                "deletionWindowInDays": 30,
                "tags": LABELS,
            },
        ),
    ),
)
HYBRID = (
    *training("hybrid-pretrain"),
    *serving("hybrid-serve"),
    *RESIDENCY,
    *ENCRYPTION,
    *BUDGET,
    *FABRIC,
    *EXPOSURE,
    *OPERATIONS,
)
