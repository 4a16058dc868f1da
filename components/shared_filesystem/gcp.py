"""Managed Lustre: under our key, in the zone of the machines that use it most."""

import pulumi
from pulumi_gcp import compute, lustre

from components.google import needed, title, zones
from components.shared_filesystem.shape import SharedFilesystemOutputs, SharedFilesystemSpec
from infra.problems import Problem, ProblemsError

STEPS = {1000: 9_000, 500: 18_000, 250: 36_000, 125: 72_000}
"""GiB of the least size and of each step, by MB/s per TiB
(cloud.google.com/managed-lustre/docs/create-instance#performance-tiers)."""

PORT = "988"
"""TCP port between Lustre clients and servers (cluster-toolkit gke-a3-ultragpu)."""

DRIVER = "lustre.csi.storage.gke.io"
NAME = "shared"
"""What the file system is called on the wire; eight letters at most."""


def build(name: str, spec: SharedFilesystemSpec, opts: pulumi.ResourceOptions) -> SharedFilesystemOutputs:
    """Make the file system.

    Google fills it from a bucket, and writes it back, by a command of its own (`gcloud lustre instances import-data`):
    it has no standing tie that could be declared.

    Raises:
        ProblemsError: Size or throughput is none that Managed Lustre has.
    """
    needed("SharedFilesystem", name, network=spec.network)
    refuse(spec)
    zone = zones(spec.network)[0]
    _open(name, spec, opts)
    made = lustre.Instance(
        name,
        instance_id=title(name),
        location=zone,
        filesystem=NAME,
        capacity_gib=str(spec.capacity_gib),
        per_unit_storage_throughput=str(spec.throughput_mbps_per_tib),
        kms_key=spec.key,
        network=spec.network["id"],
        description=f"{pulumi.get_stack()} {name}",
        labels=spec.labels,
        opts=pulumi.ResourceOptions.merge(
            opts,
            pulumi.ResourceOptions(
                protect=spec.protect, custom_timeouts=pulumi.CustomTimeouts(create="2h", delete="1h")
            ),
        ),
    )
    # the mount point is ADDRESS@tcp:/NAME
    address = made.mount_point.apply(lambda point: str(point).partition("@")[0])
    return SharedFilesystemOutputs(
        id=made.id,
        packages=(),
        storage={"driver": DRIVER, "parameters": _parameters(spec)},
        volume={
            "driver": DRIVER,
            "handle": pulumi.Output.concat(made.project, "/", zone, "/", made.instance_id),
            "attributes": {"ip": address, "filesystem": NAME},
            "capacity_gib": spec.capacity_gib,
        },
    )


def refuse(spec: SharedFilesystemSpec) -> None:
    """Refuse a size or throughput that Managed Lustre does not have.

    Raises:
        ProblemsError: Names the next one that it has.
    """
    step = STEPS.get(spec.throughput_mbps_per_tib)
    if step is None:
        text = f"given {spec.throughput_mbps_per_tib}"
        found = Problem("throughput_mbps_per_tib", text, ", ".join(map(str, sorted(STEPS))))
    elif spec.capacity_gib % step:
        above = -(-spec.capacity_gib // step) * step
        text = f"given {spec.capacity_gib} at {spec.throughput_mbps_per_tib} MB/s per TiB"
        found = Problem("capacity_gib", text, f"steps of {step}, so {above}")
    else:
        return
    raise ProblemsError("SharedFilesystem can't be built on Google Cloud", [found])


def _open(name: str, spec: SharedFilesystemSpec, opts: pulumi.ResourceOptions) -> None:
    """Let Lustre's own port in from the network: servers call their clients back."""
    compute.Firewall(
        name,
        name=title(name),
        network=spec.network["id"],
        direction="INGRESS",
        allows=[{"protocol": "tcp", "ports": [PORT]}],
        source_ranges=[spec.network["cidr"]],
        description="Lustre",
        opts=opts,
    )


def _parameters(spec: SharedFilesystemSpec) -> dict[str, pulumi.Input[str]]:
    """Give the storage class's parameters: volumes made by the cluster are like this one, in the same network."""
    return {
        "network": spec.network["id"],
        "perUnitStorageThroughput": str(spec.throughput_mbps_per_tib),
    }
