"""Defects of workloads, which are the same on every cluster."""

from tests.policy.mutations.mutation import Mutation, breaks, drop, more, put, text

JOB, SERVER, SERVICE = (
    "kubernetes:batch/v1:Job",
    "kubernetes:apps/v1:Deployment",
    "kubernetes:core/v1:Service",
)
POD = "spec.template.spec"
CONTAINER = f"{POD}.containers[0]"


def training(name: str) -> tuple[Mutation, ...]:
    """Give the defects of a training job of that name."""
    job = f"{JOB}::{name}"
    return (
        breaks(
            "jobs-have-a-deadline",
            "a training job that never goes away",
            drop(job, "spec.ttlSecondsAfterFinished"),
        ),
        breaks(
            "jobs-have-a-deadline",
            "a training job without a deadline",
            drop(job, "spec.activeDeadlineSeconds"),
        ),
        breaks(
            "images-come-by-digest",
            "the trainer's image by tag",
            text(job, f"{CONTAINER}.image", "@sha256:", ":v"),
        ),
        breaks(
            "pods-are-not-privileged",
            "a privileged trainer",
            put(job, f"{CONTAINER}.securityContext.privileged", value=True),
        ),
        breaks(
            "pods-mount-no-host-paths",
            "a path of the machine in the trainer",
            put(job, f"{POD}.volumes[0]", {"name": "scratch", "hostPath": {"path": "/var/lib/kubelet"}}),
        ),
        breaks(
            "secrets-are-secret",
            "a token as plain text in the trainer's environment",
            put(job, f"{CONTAINER}.env[0]", {"name": "HF_TOKEN", "value": "hf_" + "a" * 34}),
        ),
        breaks(
            "pods-ask-for-no-more-than-a-machine-has",
            "more GPUs for a pod than any machine has",
            put(job, f'{CONTAINER}.resources.limits."nvidia.com/gpu"', "64"),
        ),
    )


def serving(name: str) -> tuple[Mutation, ...]:
    """Give the defects of an endpoint of that name."""
    server, service = f"{SERVER}::{name}", f"{SERVICE}::{name}"
    return (
        breaks(
            "servers-drain-before-they-stop",
            "a server that is cut off after ten seconds",
            put(server, f"{POD}.terminationGracePeriodSeconds", 10),
        ),
        breaks(
            "services-listen-privately", "a public load balancer", put(service, "spec.type", "LoadBalancer")
        ),
    )


TRAINING, SERVING = training("pretrain"), serving("serve")
ADMIN = breaks(
    "people-have-one-of-three-roles",
    "a person as ruler of the cluster",
    more(
        "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding::mallory",
        {
            "metadata": {"name": "mallory"},
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": "cluster-admin",
            },
            "subjects": [{"kind": "User", "name": "mallory@example.org"}],
        },
    ),
)
"A defect that somebody adds by hand."
