"""Pods with several accelerators have shared memory of their own."""

from policy.model import controls
from policy.model.checks import for_types
from policy.model.facts import Facts
from policy.model.pods import pod, uses_accelerators
from policy.model.resource import Resource
from policy.model.rule import Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Verdict

_SHM = "/dev/shm"  # noqa: S108 - the name that NCCL and POSIX shared memory use


def _shared(job: Resource, _facts: Facts) -> Verdict:
    if not uses_accelerators(job):
        return NotApplicable("it uses no accelerator")
    volumes = [found.value for found in job.find(f"{pod(job)}.volumes[*]")]
    memory = {
        volume.get("name") for volume in volumes if (volume.get("emptyDir") or {}).get("medium") == "Memory"
    }
    mounts = [found.value for found in job.find(f"{pod(job)}.containers[*].volumeMounts[*]")]
    if any(mount.get("mountPath") == _SHM and mount.get("name") in memory for mount in mounts):
        return PASS
    return Fail(
        "it has the container's own 64 MiB of shared memory",
        "mount an emptyDir with medium: Memory at /dev/shm",
    )


RULE = Rule(
    name="gpu-pods-share-memory",
    says="Pods with several accelerators have shared memory of their own",
    why="NCCL and data loaders share memory through /dev/shm, and 64 MiB of it hang them",
    fix="Mount an emptyDir of medium Memory at /dev/shm.",
    severity=Severity.MEDIUM,
    frameworks=controls.CAPACITY,
    at_create=for_types(("kubernetes:batch/v1:Job", "kubernetes:apps/v1:StatefulSet"), _shared),
)
