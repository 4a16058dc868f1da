"""FSx for Lustre: persistent, under our key, mirroring an S3 bucket."""

import pulumi
from pulumi_aws import cloudwatch, ec2, fsx, vpc

from components.amazon import KEPT, needed
from components.parts import part_of
from components.shared_filesystem.shape import SharedFilesystemOutputs, SharedFilesystemSpec
from infra.problems import Problem, ProblemsError

THROUGHPUT = (125, 250, 500, 1000)
"""MB/s per TiB that PERSISTENT_2 on SSD offers (FSx API, PerUnitStorageThroughput)."""

VERSION = "2.15"
"""Lustre's release, which the client of AL2023's kernel speaks; the driver's own default is older (FSx guide)."""

PORTS = ((988, 988), (1018, 1023))
"""TCP ports between Lustre clients and servers, and among servers (FSx guide, access control)."""

DRIVER = "fsx.csi.aws.com"
PACKAGES = ("lustre-client",)
"""AL2023's client; the node image does not bring it."""


def build(name: str, spec: SharedFilesystemSpec, opts: pulumi.ResourceOptions) -> SharedFilesystemOutputs:
    """Make the file system, tie it to the bucket, and log what is imported and exported.

    Raises:
        ProblemsError: Size or throughput is none that FSx has.
    """
    needed("SharedFilesystem", name, log_key=spec.log_key, network=spec.network)
    refuse(spec)
    group = _group(name, spec, opts)
    logs = cloudwatch.LogGroup(
        name,
        name=f"/aws/fsx/{pulumi.get_stack()}-{name}",
        retention_in_days=KEPT[0],
        kms_key_id=spec.log_key,
        tags=spec.labels,
        opts=opts,
    )
    made = fsx.LustreFileSystem(
        name,
        deployment_type="PERSISTENT_2",
        file_system_type_version=VERSION,
        storage_type="SSD",
        storage_capacity=spec.capacity_gib,
        per_unit_storage_throughput=spec.throughput_mbps_per_tib,
        data_compression_type="LZ4",
        kms_key_id=spec.key,
        subnet_ids=_subnet(spec),
        security_group_ids=[group.id],
        log_configuration={"destination": logs.arn, "level": "WARN_ERROR"},
        metadata_configuration={"mode": "AUTOMATIC"},
        tags={**spec.labels, "Name": f"{pulumi.get_stack()}-{name}"},
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=spec.protect)),
    )
    _mirror(name, made, spec)
    return SharedFilesystemOutputs(
        id=made.id,
        packages=PACKAGES,
        storage={"driver": DRIVER, "parameters": parameters(spec, _subnet(spec), group.id)},
        volume={
            "driver": DRIVER,
            "handle": made.id,
            "attributes": {"dnsname": made.dns_name, "mountname": made.mount_name},
            "capacity_gib": spec.capacity_gib,
        },
    )


def refuse(spec: SharedFilesystemSpec) -> None:
    """Refuse a size or throughput that FSx does not have.

    Raises:
        ProblemsError: Names the next ones that it has.
    """
    found = []
    if spec.capacity_gib != 1200 and spec.capacity_gib % 2400:
        above = -(-spec.capacity_gib // 2400) * 2400
        found.append(
            Problem("capacity_gib", f"given {spec.capacity_gib}", f"1200 or steps of 2400, so {above}")
        )
    if spec.throughput_mbps_per_tib not in THROUGHPUT:
        allowed = ", ".join(map(str, THROUGHPUT))
        found.append(Problem("throughput_mbps_per_tib", f"given {spec.throughput_mbps_per_tib}", allowed))
    if found:
        raise ProblemsError("SharedFilesystem can't be built on AWS", found)


def _subnet(spec: SharedFilesystemSpec) -> pulumi.Output[str]:
    kind = "fabric_subnets" if spec.pool else "subnets"
    found: pulumi.Output[dict[str, str]] = pulumi.Output.from_input(spec.network[kind])
    return found.apply(lambda by: by[spec.pool] if spec.pool else next(iter(by.values())))


def _group(name: str, spec: SharedFilesystemSpec, opts: pulumi.ResourceOptions) -> ec2.SecurityGroup:
    """Let Lustre's own ports in from the network, and out again among the servers."""
    group = ec2.SecurityGroup(
        name,
        vpc_id=spec.network["id"],
        description="Lustre clients and servers of the network",
        tags=spec.labels,
        opts=opts,
    )
    own = pulumi.ResourceOptions(parent=group)
    for first, last in PORTS:
        for kind, rule in (("in", vpc.SecurityGroupIngressRule), ("out", vpc.SecurityGroupEgressRule)):
            rule(
                f"{name}-{kind}-{first}",
                security_group_id=group.id,
                cidr_ipv4=spec.network["cidr"],
                ip_protocol="tcp",
                from_port=first,
                to_port=last,
                description="Lustre",
                tags=spec.labels,
                opts=own,
            )
    return group


def _mirror(name: str, made: fsx.LustreFileSystem, spec: SharedFilesystemSpec) -> None:
    """Import what appears in the bucket and export what is written, both for new, changed and deleted files."""
    events = ["NEW", "CHANGED", "DELETED"]
    fsx.DataRepositoryAssociation(
        name,
        file_system_id=made.id,
        file_system_path="/store",
        data_repository_path=spec.store,
        batch_import_meta_data_on_create=True,
        s3={"auto_import_policy": {"events": events}, "auto_export_policy": {"events": events}},
        tags=spec.labels,
        opts=part_of(made),
    )


def parameters(
    spec: SharedFilesystemSpec, subnet: pulumi.Input[str], group: pulumi.Input[str]
) -> dict[str, pulumi.Input[str]]:
    """Give the storage class's parameters: volumes made by the cluster are like this one, under the same key.

    Names are those of the driver (aws-fsx-csi-driver, CreateVolume).
    """
    return {
        "subnetId": subnet,
        "securityGroupIds": group,
        "deploymentType": "PERSISTENT_2",
        "fileSystemTypeVersion": VERSION,
        "perUnitStorageThroughput": str(spec.throughput_mbps_per_tib),
        "dataCompressionType": "LZ4",
        "kmsKeyId": spec.key,
    }
