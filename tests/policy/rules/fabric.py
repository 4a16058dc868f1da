"""Rows for the rules of fabric and capacity."""

from policy.model.resource import Resource
from tests.policy.make import resource as r
from tests.policy.rules.case import UNKNOWN, breaks, keeps, unsure

JOB = "kubernetes:batch/v1:Job"
GROUP, POOL, AGENTS = (
    "aws:eks/nodeGroup:NodeGroup",
    "gcp:container/nodePool:NodePool",
    "azure-native:containerservice:AgentPool",
)
ND = "Standard_ND96isr_H100_v5"


def job(gpus: int | None = None, *, shared: bool = False, **spec: object) -> Resource:
    """Make a job whose pod asks for accelerators."""
    limits = {"resources": {"limits": {"nvidia.com/gpu": str(gpus)}}} if gpus else {}
    mounts = {"volumeMounts": [{"name": "shm", "mountPath": "/dev/shm"}]} if shared else {}
    volumes = {"volumes": [{"name": "shm", "emptyDir": {"medium": "Memory"}}]} if shared else {}
    pod = {"containers": [{"name": "c", **limits, **mounts}], **volumes}
    return r(JOB, "j", metadata={"name": "j"}, spec={"template": {"spec": pod}, **spec})


def server(gpus: int, seconds: int | None) -> Resource:
    """Make a deployment with accelerators and a grace period."""
    container = {"name": "c", "resources": {"limits": {"nvidia.com/gpu": gpus}}}
    grace = {"terminationGracePeriodSeconds": seconds} if seconds else {}
    spec = {"template": {"spec": {"containers": [container], **grace}}}
    return r("kubernetes:apps/v1:Deployment", "d", metadata={"name": "d"}, spec=spec)


def efa(count: int, kind: str = "p5.48xlarge") -> Resource:
    """Make a launch template with so many fabric interfaces."""
    interfaces = [
        {"interfaceType": "efa-only" if at else "efa", "networkCardIndex": at} for at in range(count)
    ]
    return r("aws:ec2/launchTemplate:LaunchTemplate", "t", instanceType=kind, networkInterfaces=interfaces)


def pooled(template: Resource, **given: object) -> list[Resource]:
    """Make a pool that names the machine, with its launch template of the same preview."""
    kinds = {"instanceTypes": ["p5.48xlarge"], "launchTemplate": {"id": UNKNOWN}}
    return [template, r(GROUP, "g", from_={"launchTemplate": template}, given={**kinds, **given})]


def bare(count: int) -> Resource:
    """Make a launch template that leaves the machine to the pool."""
    interfaces = [{"interfaceType": "efa"} for _ in range(count)]
    return r("aws:ec2/launchTemplate:LaunchTemplate", "t", networkInterfaces=interfaces)


def railed(count: int, **given: object) -> Resource:
    """Make a pool of GKE with so many networks beside the first."""
    rails = [{"network": f"n{at}", "subnetwork": f"s{at}"} for at in range(count)]
    node = {"machineType": "a3-ultragpu-8g", **given}
    return r(POOL, "g", nodeConfig=node, networkConfig={"additionalNodeNetworkConfigs": rails})


CASES = [
    keeps("fabric-interfaces-match-the-machine", "eight rails and a gVNIC", railed(9)),
    breaks("fabric-interfaces-match-the-machine", "a rail too few", railed(8)),
    keeps("fabric-interfaces-match-the-machine", "no fabric", railed(0, labels={"causeway/fabric": "none"})),
    keeps("fabric-interfaces-match-the-machine", "pool names the machine", *pooled(bare(32))),
    breaks("fabric-interfaces-match-the-machine", "pool names the machine", *pooled(bare(8))),
    keeps(
        "fabric-interfaces-match-the-machine",
        "does without",
        *pooled(bare(0), labels={"causeway/fabric": "none"}),
    ),
    keeps("jobs-have-a-deadline", "both", job(activeDeadlineSeconds=3600, ttlSecondsAfterFinished=600)),
    breaks("jobs-have-a-deadline", "no deadline", job(ttlSecondsAfterFinished=600)),
    keeps("jobs-have-a-deadline", "a small one stays", job(activeDeadlineSeconds=3600)),
    breaks("jobs-have-a-deadline", "a run with GPUs stays", job(8, activeDeadlineSeconds=3600)),
    keeps("jobs-have-a-deadline", "timeout", r("localhost:index:Job", "j", timeoutSeconds=600)),
    breaks("jobs-have-a-deadline", "none", r("localhost:index:Job", "j", command=["true"])),
    keeps("servers-drain-before-they-stop", "two minutes", server(1, 120)),
    breaks("servers-drain-before-they-stop", "Kubernetes' half minute", server(1, None)),
    keeps("servers-drain-before-they-stop", "default", r("localhost:index:Service", "s", command=["true"])),
    breaks("servers-drain-before-they-stop", "at once", r("localhost:index:Service", "s", drainSeconds=0)),
    keeps(
        "gpu-pools-repel-other-pods",
        "tainted",
        r(
            GROUP,
            "g",
            instanceTypes=["p5.48xlarge"],
            taints=[{"key": "nvidia.com/gpu", "effect": "NO_SCHEDULE"}],
        ),
    ),
    breaks("gpu-pools-repel-other-pods", "no taint", r(GROUP, "g", instanceTypes=["p5.48xlarge"])),
    keeps("gpu-pools-repel-other-pods", "no accelerator", r(GROUP, "g", instanceTypes=["m7i.2xlarge"])),
    unsure("gpu-pools-repel-other-pods", "unknown machine", r(GROUP, "g", instanceTypes=[UNKNOWN])),
    breaks(
        "gpu-pools-repel-other-pods", "no taint", r(POOL, "p", nodeConfig={"machineType": "a3-highgpu-8g"})
    ),
    breaks("gpu-pools-repel-other-pods", "no taint", r(AGENTS, "p", vmSize=ND)),
    keeps("gpu-pods-share-memory", "mounted", job(8, shared=True)),
    keeps("gpu-pods-share-memory", "no accelerator", job()),
    breaks("gpu-pods-share-memory", "64 MiB", job(8)),
    keeps("fabric-interfaces-match-the-machine", "thirty-two", efa(32)),
    breaks("fabric-interfaces-match-the-machine", "one too few", efa(31)),
    keeps("fabric-interfaces-match-the-machine", "no fabric", efa(0, "m7i.2xlarge")),
    unsure(
        "fabric-interfaces-match-the-machine",
        "unknown machine",
        r("aws:ec2/launchTemplate:LaunchTemplate", "t", instanceType=UNKNOWN),
    ),
    keeps(
        "fabric-pools-sit-close-together",
        "one subnet",
        r(GROUP, "g", instanceTypes=["p5.48xlarge"], subnetIds=["a"]),
    ),
    breaks(
        "fabric-pools-sit-close-together",
        "two subnets",
        r(GROUP, "g", instanceTypes=["p5.48xlarge"], subnetIds=["a", "b"]),
    ),
    keeps(
        "fabric-pools-sit-close-together",
        "compact",
        r(POOL, "p", nodeConfig={"machineType": "a3-highgpu-8g"}, placementPolicy={"type": "COMPACT"}),
    ),
    breaks(
        "fabric-pools-sit-close-together",
        "no placement",
        r(POOL, "p", nodeConfig={"machineType": "a3-highgpu-8g"}),
    ),
    breaks(
        "fabric-pools-sit-close-together",
        "two zones",
        r(AGENTS, "p", vmSize=ND, availabilityZones=["1", "2"]),
    ),
    keeps("pods-ask-for-no-more-than-a-machine-has", "eight", job(8)),
    breaks("pods-ask-for-no-more-than-a-machine-has", "a thousand", job(1000)),
    keeps(
        "scarce-pools-do-not-surge",
        "in place",
        r(GROUP, "g", instanceTypes=["p5.48xlarge"], updateConfig={"updateStrategy": "MINIMAL"}),
    ),
    breaks("scarce-pools-do-not-surge", "by default", r(GROUP, "g", instanceTypes=["p5.48xlarge"])),
    keeps("scarce-pools-do-not-surge", "plenty", r(AGENTS, "p", vmSize="Standard_D8s_v5")),
    breaks(
        "scarce-pools-do-not-surge",
        "one more",
        r(POOL, "p", nodeConfig={"machineType": "a3-highgpu-8g"}, upgradeSettings={"maxSurge": 1}),
    ),
    keeps("capacity-is-sold-that-way", "on demand", r(GROUP, "g", instanceTypes=["p5.48xlarge"])),
    breaks("capacity-is-sold-that-way", "not on demand", r(GROUP, "g", instanceTypes=["p5e.48xlarge"])),
    unsure("capacity-is-sold-that-way", "unknown machine", r(GROUP, "g", instanceTypes=[UNKNOWN])),
]
