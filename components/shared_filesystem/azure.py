"""Azure Managed Lustre: under our key, in the zone of the machines that use it most."""

import pulumi
from pulumi_azure_native import storagecache

from components.microsoft import rights
from components.microsoft.ids import ManagedKey, needed, title
from components.shared_filesystem.shape import SharedFilesystemOutputs, SharedFilesystemSpec
from infra.problems import Problem, ProblemsError

# https://learn.microsoft.com/azure/azure-managed-lustre/create-file-system-portal: throughput and steps of capacity
STEPS = {40: 48, 125: 16, 250: 8, 500: 4}
"""By throughput in MB/s per TiB: the step of capacity, in TiB."""

DRIVER = "azurelustre.csi.azure.com"
MOUNTED = "lustrefs"
"""The name that every file system of the service has on its servers."""

QUIET = {"day_of_week": "Sunday", "time_of_day_utc": "02:00"}
"""When the service may be worked on."""


def build(name: str, spec: SharedFilesystemSpec, opts: pulumi.ResourceOptions) -> SharedFilesystemOutputs:
    """Make the file system in the zone of the pool that uses it most.

    It is tied to no container: the service reads one by the account's keys, which ours do not take, and only after
    people gave its own principal two roles there; then it imports or exports, never both (Managed Lustre guide,
    prerequisites of blob integration; auto-export). Workloads copy what they need.

    Raises:
        ProblemsError: The network is missing, or size or throughput is none that the service has.
    """
    needed("SharedFilesystem", name, region=spec.region, network=spec.network)
    refuse(spec)
    group = rights.group(name, spec.region, spec.labels, opts)
    key = ManagedKey.of(spec.key)
    who = rights.identity(f"{name}-encryption", group, spec.labels, group)
    right = rights.grant(
        f"{name}-encryption", "Key Vault Crypto User", key.apply(lambda found: found.id), who
    )
    zones = list(spec.network["zones"])  # type: ignore[arg-type]  # plain: `Network.joined` says so
    made = storagecache.AmlFilesystem(
        name,
        aml_filesystem_name=title(name, limit=80),
        resource_group_name=group.name,
        location=group.location,
        sku={"name": f"AMLFS-Durable-Premium-{spec.throughput_mbps_per_tib}"},
        storage_capacity_ti_b=spec.capacity_gib // 1024,
        zones=zones[:1],
        filesystem_subnet=_subnet(spec),
        identity={"type": "UserAssigned", "user_assigned_identities": [who.id]},
        encryption_settings={
            "key_encryption_key": {
                "key_url": key.apply(lambda found: found.url),
                "source_vault": {"id": key.apply(lambda found: found.vault_id)},
            }
        },
        maintenance_window=QUIET,
        tags=spec.labels,
        opts=pulumi.ResourceOptions(parent=group, depends_on=[right], protect=spec.protect),
    )
    address = made.client_info.apply(lambda info: info.mgs_address)
    return SharedFilesystemOutputs(
        id=made.id,
        packages=(),  # the driver brings its own client
        storage={"driver": DRIVER, "parameters": {"mgs-ip-address": address}},
        volume={
            "driver": DRIVER,
            "handle": made.name,
            "attributes": {"mgs-ip-address": address, "fs-name": MOUNTED},
            "capacity_gib": spec.capacity_gib,
        },
        mirrors=False,
    )


def refuse(spec: SharedFilesystemSpec) -> None:
    """Refuse a size or throughput that the service does not have.

    Raises:
        ProblemsError: Names the next ones that it has.
    """
    found, step = [], STEPS.get(spec.throughput_mbps_per_tib, 0) * 1024
    if not step:
        allowed = ", ".join(map(str, STEPS))
        found.append(Problem("throughput_mbps_per_tib", f"given {spec.throughput_mbps_per_tib}", allowed))
    elif spec.capacity_gib % step:
        above = -(-spec.capacity_gib // step) * step
        fix = f"steps of {step} at {spec.throughput_mbps_per_tib} MB/s per TiB, so {above}"
        found.append(Problem("capacity_gib", f"given {spec.capacity_gib}", fix))
    if found:
        raise ProblemsError("SharedFilesystem can't be built on Azure", found)


def _subnet(spec: SharedFilesystemSpec) -> pulumi.Output[str]:
    kind = "fabric_subnets" if spec.pool else "subnets"
    found: pulumi.Output[dict[str, str]] = pulumi.Output.from_input(spec.network[kind])
    return found.apply(lambda by: by[spec.pool] if spec.pool else next(iter(by.values())))
