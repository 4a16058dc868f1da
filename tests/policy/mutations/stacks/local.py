"""Defects of the stack on this machine; what a cluster or a cloud has is added by hand."""

from tests.policy.mutations.mutation import Mutation, breaks, drop, more, put
from tests.policy.mutations.stacks.kubernetes import ADMIN

RING, BUCKET = "localhost:index:KeyRing::keys-public-text", "localhost:index:Bucket::artifacts"
JOB, SERVICE = "localhost:index:Job::pretrain", "localhost:index:Service::serve"
ENVIRONMENT = "causeway:index:Environment::local"
TOKEN = "hf_" + "a" * 34
POD = {"containers": [{"name": "c", "image": "registry.example.org/c@sha256:" + "0" * 64}]}

LOCAL: tuple[Mutation, ...] = (
    breaks("stores-use-our-keys", "a store in the open", put(BUCKET, "encryption", "none")),
    breaks("stores-use-our-keys", "a store without a key ring", drop(BUCKET, "keyRing")),
    breaks("keys-rotate-in-time", "a ring that turns once a year", put(RING, "rotationDays", 365)),
    breaks(
        "keys-rotate-in-time",
        "a class that asks for more",
        put(ENVIRONMENT, "dataClasses.public-text.rotationDays", 30),
        RING,
    ),
    breaks(
        "what-holds-data-names-its-class",
        "a store of a class that does not exist",
        put(BUCKET, "dataClass", "secrets"),
    ),
    breaks(
        "stores-stay-in-their-jurisdictions",
        "data that may not be here",
        put(ENVIRONMENT, "dataClasses.public-text.jurisdictions", ["eu"]),
        BUCKET,
    ),
    breaks("stores-keep-versions", "a store without versions", put(BUCKET, "versioning", value=False)),
    breaks("resources-say-whose-they-are", "a store of nobody", drop(BUCKET, "labels.owner")),
    breaks("resources-say-whose-they-are", "a store that nobody pays", drop(BUCKET, 'labels."cost-center"')),
    breaks("jobs-have-a-deadline", "a training run without a deadline", put(JOB, "timeoutSeconds", 0)),
    breaks("servers-drain-before-they-stop", "a server that is cut off", put(SERVICE, "drainSeconds", 0)),
    breaks(
        "secrets-are-secret", "a token in the trainer's environment", put(JOB, "environment.HF_TOKEN", TOKEN)
    ),
    breaks(
        "secrets-are-secret",
        "a token on the server's command line",
        put(SERVICE, "command[0]", f"--token={TOKEN}"),
    ),
    breaks("stack-stays-under-its-cap", "no cap at all", drop(ENVIRONMENT, "budget.monthlyUsd"), "*"),
    breaks(
        "stack-stays-under-its-cap",
        "a machine of a cloud",
        more(
            "aws:ec2/instance:Instance::box",
            {
                "instanceType": "g6.xlarge",
                "region": "us-east-1",
                "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
                "tags": {
                    "owner": "you",
                    "team": "platform",
                    "cost-center": "none",
                    "data-class": "public-text",
                },
            },
        ),
        "*",
    ),
    breaks(
        "nobody-holds-static-keys",
        "a user of a cloud",
        more("aws:iam/user:User::mallory", {"name": "mallory"}),
    ),
    breaks(
        "pods-mount-no-host-paths",
        "a pod with a path of this machine",
        more(
            "kubernetes:core/v1:Pod::shell",
            {"spec": {**POD, "volumes": [{"name": "root", "hostPath": {"path": "/"}}]}},
        ),
    ),
    breaks(
        "services-listen-privately",
        "a public load balancer",
        more("kubernetes:core/v1:Service::door", {"spec": {"type": "LoadBalancer"}}),
    ),
    breaks(
        "images-come-by-digest",
        "an image by tag",
        more("kubernetes:core/v1:Pod::shell", {"spec": {"containers": [{"name": "c", "image": "alpine:3"}]}}),
    ),
    ADMIN,
)
