"""Flow logs of a virtual network: who talked to whom, encrypted with our key."""

import pulumi
from pulumi_azure_native import network, resources

from components.microsoft import accounts, rights
from components.network.shape import NetworkSpec
from components.parts import part_of

WATCHERS = "NetworkWatcherRG"
"""The group in which Azure itself keeps one network watcher a region, from the first network on."""

GUARD_LOGS = ("NetworkSecurityGroupEvent", "NetworkSecurityGroupRuleCounter")
"""Which rule of a security group let what pass."""


def log(
    name: str,
    group: resources.ResourceGroup,
    made: network.VirtualNetwork,
    guard: network.NetworkSecurityGroup,
    spec: NetworkSpec,
) -> None:
    """Log accepted and refused flows for as long as the settings say."""
    wanted = accounts.Wanted(
        sku="Standard_ZRS", labels=spec.labels, key=spec.log_key, key_name="logs", protect=spec.protect
    )
    target = accounts.logs(f"{name}-log", group, wanted, spec.flow_log_days)
    accounts.watch(f"{name}-rules", guard.id, GUARD_LOGS, target, guard)
    # the account takes no keys, so the writer comes by an identity of its own
    who = rights.identity(f"{name}-flows", group, spec.labels, group)
    right = rights.grant(f"{name}-flows", "Storage Blob Data Contributor", target.id, who)
    network.FlowLog(
        f"{name}-flows",
        flow_log_name=pulumi.Output.concat(group.name, "-flows"),
        resource_group_name=WATCHERS,
        network_watcher_name=f"NetworkWatcher_{spec.region}",
        location=group.location,
        target_resource_id=made.id,
        storage_id=target.id,
        identity={"type": "UserAssigned", "user_assigned_identities": [who.id]},
        enabled=True,
        format={"type": "JSON", "version": 2},
        retention_policy={"enabled": True, "days": spec.flow_log_days},
        tags=spec.labels,
        opts=part_of(made, depends_on=[right]),
    )
