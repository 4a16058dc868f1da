"""Boot and data disks are encrypted under a key of ours."""

from policy.model import controls
from policy.model.checks import all_of, is_true, keyed, must
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import OnUnknown, Rule, Severity
from policy.model.verdicts import Fail, Unverified, Verdict, worst


def _launch_template(resource: Resource, facts: Facts) -> Verdict:
    mappings = resource.get("blockDeviceMappings")
    if mappings is None:
        return Fail(
            "blockDeviceMappings is not set: the image decides",
            "map the root disk with encrypted and kmsKeyId",
        )
    disks = (
        [f"blockDeviceMappings[{at}].ebs" for at in range(len(mappings))]
        if isinstance(mappings, list)
        else []
    )
    if not disks:
        return Unverified("blockDeviceMappings is not known before the update", "blockDeviceMappings")
    return worst(
        all_of(
            must(f"{disk}.encrypted", is_true, f'set {disk}.encrypted to "true"'),
            keyed(f"{disk}.kmsKeyId", f"set {disk}.kmsKeyId to a key of this stack"),
        )(resource, facts)
        for disk in disks
        if resource.get(disk) is not None
    )


def _node_class(resource: Resource, facts: Facts) -> Verdict:
    """Karpenter writes the disks of its machines as a launch template does, with its own spelling of the key."""
    mappings = resource.get("spec.blockDeviceMappings")
    if not isinstance(mappings, list):
        return Fail(
            "spec.blockDeviceMappings is not set: the image decides", "map the root disk with its key"
        )
    disks = [f"spec.blockDeviceMappings[{at}].ebs" for at in range(len(mappings))]
    return worst(
        all_of(
            must(f"{disk}.encrypted", is_true, f"set {disk}.encrypted to true"),
            keyed(f"{disk}.kmsKeyID", f"set {disk}.kmsKeyID to a key of this stack"),
        )(resource, facts)
        for disk in disks
    )


RULE = Rule(
    name="disks-use-our-keys",
    says="Boot and data disks are encrypted under a key of ours",
    why="A snapshot or a returned disk is readable to whoever gets it",
    fix="Name a customer-managed key on the disk.",
    severity=Severity.HIGH,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.AT_REST,
    at_create={
        "aws:ebs/volume:Volume": all_of(
            must("encrypted", is_true, "set encrypted to true"),
            keyed("kmsKeyId", "set kmsKeyId to a key of this stack"),
        ),
        "aws:ec2/launchTemplate:LaunchTemplate": _launch_template,
        "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass": _node_class,
        "kubernetes:ceph.rook.io/v1:CephCluster": must(
            "spec.storage.config.encryptedDevice",
            is_true,
            'set spec.storage.config.encryptedDevice to "true"',  # rook.io, CephCluster CRD, OSD configuration
        ),
        "gcp:compute/disk:Disk": keyed(
            "diskEncryptionKey.kmsKeySelfLink", "set diskEncryptionKey.kmsKeySelfLink to a key of this stack"
        ),
        "gcp:container/nodePool:NodePool": keyed(
            "nodeConfig.bootDiskKmsKey", "set nodeConfig.bootDiskKmsKey to a key of this stack"
        ),
        "azure-native:compute:Disk": keyed(
            "encryption.diskEncryptionSetId",
            "set encryption.diskEncryptionSetId to a disk encryption set with our key",
        ),
        "azure-native:containerservice:ManagedCluster": keyed(
            "diskEncryptionSetID", "set diskEncryptionSetID to a disk encryption set with our key"
        ),
        "azure-native:compute:DiskEncryptionSet": keyed(
            "activeKey.keyUrl", "set activeKey.keyUrl to a key of this stack"
        ),
    },
)
