"""Volumes of a shared file system: the driver that makes and mounts them, its rights, and the class that names them."""

import operator
from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as k8s
from pulumi_aws import eks

from components.amazon import Statement, allow, partition
from components.gpu_cluster.aws.addons import Addons
from components.gpu_cluster.aws.versions import FSX_CSI
from components.kubernetes.charts import Chart
from components.parts import part_of

CHARTS = "https://kubernetes-sigs.github.io/aws-fsx-csi-driver"
NAMESPACE, ACCOUNT = "kube-system", "fsx-csi-controller-sa"

OWN_TAG = "CSIVolumeName"
"""The tag that the driver gives to every file system that it makes, and to no other."""

KEY = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext")
"""What making a file system under our key takes."""


def install(addons: Addons, opts: pulumi.ResourceOptions) -> None:
    """Install the FSx driver and the storage class of `addons.spec.storage`.

    Args:
        addons: Makes the driver's role.
        opts: Options of what lives in the cluster.
    """
    storage = addons.spec.storage
    parameters: pulumi.Output[dict[str, str]] = pulumi.Output.from_input(storage["parameters"])
    driver = Chart("aws-fsx-csi-driver", CHARTS, FSX_CSI).install(
        NAMESPACE,
        # the metadata service, where the driver would ask for its region, answers the node alone
        {"controller": {"region": addons.spec.region, "extraTags": tags(addons.spec.labels)}},
        _after(opts, _bind(addons, parameters.apply(operator.itemgetter("kmsKeyId")))),
    )
    k8s.storage.v1.StorageClass(
        "lustre",
        metadata={"name": "lustre"},
        provisioner=storage["driver"],
        parameters=parameters,
        mount_options=["flock"],
        reclaim_policy="Retain",
        volume_binding_mode="Immediate",
        opts=_after(opts, driver),
    )


def tags(labels: Mapping[str, str]) -> dict[str, str]:
    """Give the labels of file systems that the driver makes; it takes them as one text, `key=value,key=value`."""
    return {name: value for name, value in labels.items() if not {"=", ","} & set(value)}


def _bind(addons: Addons, key: pulumi.Output[str]) -> eks.PodIdentityAssociation:
    """Give the driver's controller its rights; a pod has none of the node's."""
    spec = addons.spec
    label = f"{addons.name}-fsx-csi"
    return eks.PodIdentityAssociation(
        label,
        cluster_name=addons.cluster.name,
        namespace=NAMESPACE,
        service_account=ACCOUNT,
        role_arn=addons.role("fsx-csi", "", *statements(spec.region, spec.account, key)),
        tags=spec.labels,
        opts=part_of(addons.cluster),
    )


def statements(region: str, account: str, key: pulumi.Input[str]) -> list[Statement]:
    """Write the driver's rights: file systems of its own making, and the key that they are under."""
    arn = f"arn:{partition(region)}:fsx:{region}:{account}:file-system/*"
    making, made = ({"Null": {f"aws:{kind}/{OWN_TAG}": "false"}} for kind in ("RequestTag", "ResourceTag"))
    through = {"StringEquals": {"kms:ViaService": f"fsx.{region}.amazonaws.com"}}
    return [
        allow("Make", ["fsx:CreateFileSystem", "fsx:TagResource"], arn, Condition=making),
        allow("Change", ["fsx:DeleteFileSystem", "fsx:UpdateFileSystem"], arn, Condition=made),
        allow("Look", ["fsx:DescribeFileSystems"], "*"),  # IAM knows it for all file systems or none
        allow("Key", KEY, key, Condition=through),
    ]


def _after(opts: pulumi.ResourceOptions, *made: pulumi.Resource) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=list(made)))
