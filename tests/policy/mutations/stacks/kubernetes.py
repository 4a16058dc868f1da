"""Defects of workloads, which are the same on every cluster."""

from tests.policy.mutations.mutation import Mutation, breaks, drop, more, put, text

JOB, SERVER, SERVICE = (
    "kubernetes:batch/v1:Job::pretrain",
    "kubernetes:apps/v1:Deployment::serve",
    "kubernetes:core/v1:Service::serve",
)
POD = "spec.template.spec"
CONTAINER = f"{POD}.containers[0]"
TRAINING: tuple[Mutation, ...] = (
    breaks(
        "jobs-have-a-deadline",
        "a training job that never goes away",
        drop(JOB, "spec.ttlSecondsAfterFinished"),
    ),
    breaks(
        "jobs-have-a-deadline", "a training job without a deadline", drop(JOB, "spec.activeDeadlineSeconds")
    ),
    breaks(
        "images-come-by-digest",
        "the trainer's image by tag",
        text(JOB, f"{CONTAINER}.image", "@sha256:", ":v"),
    ),
    breaks(
        "pods-are-not-privileged",
        "a privileged trainer",
        put(JOB, f"{CONTAINER}.securityContext.privileged", value=True),
    ),
    breaks(
        "pods-mount-no-host-paths",
        "a path of the machine in the trainer",
        put(JOB, f"{POD}.volumes[0]", {"name": "scratch", "hostPath": {"path": "/var/lib/kubelet"}}),
    ),
    breaks(
        "secrets-are-secret",
        "a token as plain text in the trainer's environment",
        put(JOB, f"{CONTAINER}.env[0]", {"name": "HF_TOKEN", "value": "hf_" + "a" * 34}),
    ),
    breaks(
        "pods-ask-for-no-more-than-a-machine-has",
        "more GPUs for a pod than any machine has",
        put(JOB, f'{CONTAINER}.resources.limits."nvidia.com/gpu"', "64"),
    ),
)
SERVING: tuple[Mutation, ...] = (
    breaks(
        "servers-drain-before-they-stop",
        "a server that is cut off after ten seconds",
        put(SERVER, f"{POD}.terminationGracePeriodSeconds", 10),
    ),
    breaks("services-listen-privately", "a public load balancer", put(SERVICE, "spec.type", "LoadBalancer")),
)
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
