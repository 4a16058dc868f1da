"""Shared file systems are encrypted under a key of ours."""

from policy.model import controls
from policy.model.checks import forbidden, keyed
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import OnUnknown, Rule, Severity
from policy.model.verdicts import Fail, Verdict


def _lustre(resource: Resource, facts: Facts) -> Verdict:
    if str(resource.get("deploymentType")).startswith("SCRATCH"):
        return Fail(
            f'deploymentType is "{resource.get("deploymentType")}", which takes no key of ours',
            'set deploymentType to "PERSISTENT_2" and kmsKeyId to a key of this stack',
        )
    return keyed("kmsKeyId", "set kmsKeyId to a key of this stack")(resource, facts)


RULE = Rule(
    name="filesystems-use-our-keys",
    says="Shared file systems are encrypted under a key of ours",
    why="Training data and checkpoints lie there in the open",
    fix="Name a customer-managed key on the file system.",
    severity=Severity.CRITICAL,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.AT_REST,
    at_create={
        "aws:fsx/lustreFileSystem:LustreFileSystem": _lustre,
        "gcp:filestore/instance:Instance": keyed("kmsKeyName", "set kmsKeyName to a key of this stack"),
        "gcp:lustre/instance:Instance": keyed("kmsKey", "set kmsKey to a key of this stack"),
        "gcp:parallelstore/instance:Instance": forbidden(
            "Parallelstore takes no key of ours", "use gcp.lustre.Instance with kmsKey"
        ),
        "azure-native:storagecache:AmlFilesystem": keyed(
            "encryptionSettings.keyEncryptionKey.keyUrl",
            "set encryptionSettings.keyEncryptionKey.keyUrl to a key of this stack",
        ),
    },
)
