"""The AKS control plane: private, logged, its secrets and disks under our key, its people known to Entra alone."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pulumi
import yaml
from pulumi_azure_native import compute, containerservice, managedidentity, resources

from components.gpu_cluster.azure import agent_pool
from components.gpu_cluster.azure.versions import KUBERNETES
from components.gpu_cluster.shape import GpuClusterSpec
from components.microsoft import accounts, rights
from components.microsoft.ids import ManagedKey, part, subscription, title, up_to, within
from components.microsoft.ranges import PODS, SERVICES
from components.parts import part_of

LOGS = (
    "kube-audit",
    "kube-audit-admin",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "guard",
)
"""Logs of the control plane: who asked for what, and what became of it."""

API_SERVER = "api-server"
"""The subnet in which the API has its address."""

ENTRA_AKS = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The application for which Entra's tokens of AKS are made, the same in every tenant (kubelogin's documentation)."""


def build(
    name: str,
    spec: GpuClusterSpec,
    group: resources.ResourceGroup,
    first: dict[str, Any],
) -> containerservice.ManagedCluster:
    """Make the control plane with its first system pool.

    Args:
        name: The cluster's name in the program.
        spec: Its settings.
        group: The group it is in.
        first: The arguments of the first system pool, named.
    """
    key = ManagedKey.of(spec.key or "")
    kubelet = rights.identity(f"{name}-kubelet", group, spec.labels, group)
    # images come from any registry of the subscription; without the role no pod of ours would ever start
    images = rights.grant(f"{name}-images", "AcrPull", kubelet.id.apply(subscription), kubelet)
    disks = _disks(name, spec, group, key)
    plane = rights.identity(f"{name}-control-plane", group, spec.labels, group)
    granted = _grant(
        name,
        plane,
        {
            "network": ("Network Contributor", spec.network["id"]),
            "secrets": ("Key Vault Crypto User", key.apply(lambda found: found.id)),
            # the private link to the vault is asked for by the cluster and granted by itself
            "vault": ("Key Vault Contributor", key.apply(lambda found: found.vault_id)),
            "kubelet": ("Managed Identity Operator", kubelet.id),
            "disks": ("Reader", disks.id),
            **_reservations(spec),
        },
    )
    options = part_of(
        group,
        depends_on=[*granted, images],
        ignore_changes=["agentPoolProfiles[0].count"] if first["enable_auto_scaling"] else [],
    )
    cluster = containerservice.ManagedCluster(
        name,
        resource_name_=title(name),
        resource_group_name=group.name,
        location=group.location,
        dns_prefix=title(name, limit=54),
        kubernetes_version=spec.version or KUBERNETES,
        sku={"name": "Base", "tier": "Standard"},
        identity={"type": "UserAssigned", "user_assigned_identities": [plane.id]},
        identity_profile={
            "kubeletidentity": {
                "resource_id": kubelet.id,
                "client_id": kubelet.client_id,
                "object_id": kubelet.principal_id,
            }
        },
        agent_pool_profiles=[first],
        disk_encryption_set_id=disks.id,
        **_access(spec),
        **_security(key),
        network_profile=NETWORK,
        # what nodes run changes by hand alone: nothing moves under a running training
        auto_upgrade_profile={"upgrade_channel": "none", "node_os_upgrade_channel": "None"},
        node_resource_group=title(name, "nodes", limit=80),
        node_resource_group_profile={"restriction_level": "ReadOnly"},
        storage_profile={"disk_csi_driver": {"enabled": True}, "snapshot_controller": {"enabled": True}},
        tags=spec.labels,
        opts=pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(protect=spec.protect)),
    )
    _log(name, cluster, spec, group)
    return cluster


NETWORK = {
    "network_plugin": "azure",
    "network_plugin_mode": "overlay",
    "network_dataplane": "cilium",
    "network_policy": "cilium",
    "load_balancer_sku": "standard",
    "outbound_type": "userAssignedNATGateway",
    "pod_cidr": str(PODS),
    "service_cidr": str(SERVICES),
    "dns_service_ip": str(SERVICES[10]),
}
"""Pods get addresses of an overlay, and leave by the subnets' own NAT gateways."""


def _access(spec: GpuClusterSpec) -> dict[str, Any]:
    """Let people in by Entra, over the private network."""
    return {
        "disable_local_accounts": True,
        "enable_rbac": True,
        "aad_profile": {
            "managed": True,
            "enable_azure_rbac": True,
            "admin_group_object_ids": list(spec.admin_principals),
        },
        "api_server_access_profile": {
            "enable_private_cluster": True,
            "enable_private_cluster_public_fqdn": False,
            "enable_vnet_integration": True,
            "subnet_id": within(spec.network["id"], API_SERVER),
            "private_dns_zone": "system",
            "disable_run_command": True,
        },
    }


def _security(key: pulumi.Output[ManagedKey]) -> dict[str, Any]:
    """Encrypt secrets under our key, reached over a private link, and give workloads identities of their own."""
    return {
        "oidc_issuer_profile": {"enabled": True},
        "security_profile": {
            "workload_identity": {"enabled": True},
            "image_cleaner": {"enabled": True, "interval_hours": 168},
            "azure_key_vault_kms": {
                "enabled": True,
                "key_id": key.apply(lambda found: found.url),
                "key_vault_network_access": "Private",
                "key_vault_resource_id": key.apply(lambda found: found.vault_id),
            },
        },
    }


def _disks(
    name: str,
    spec: GpuClusterSpec,
    group: resources.ResourceGroup,
    key: pulumi.Output[ManagedKey],
) -> compute.DiskEncryptionSet:
    """Make what encrypts the nodes' disks and the volumes of pods."""
    who = rights.identity(f"{name}-disks", group, spec.labels, group)
    right = rights.grant(
        f"{name}-disks", "Key Vault Crypto Service Encryption User", key.apply(lambda found: found.id), who
    )
    return compute.DiskEncryptionSet(
        f"{name}-disks",
        disk_encryption_set_name=title(name, "disks", limit=80),
        resource_group_name=group.name,
        location=group.location,
        encryption_type="EncryptionAtRestWithCustomerKey",
        identity={"type": "UserAssigned", "user_assigned_identities": [who.id]},
        active_key={"key_url": key.apply(lambda found: found.url)},
        rotation_to_latest_key_version_enabled=True,
        tags=spec.labels,
        opts=part_of(group, depends_on=[right]),
    )


def _reservations(spec: GpuClusterSpec) -> dict[str, tuple[str, pulumi.Input[str]]]:
    """Give the rights on groups of reservations, which AKS asks for on what they lie in (AKS guide, reservations)."""
    groups = {group for pool in spec.pools.values() if (group := agent_pool.reservation(pool))}
    homes = sorted({up_to(group, "resourceGroups") for group in groups})
    return {f"reserved-{part(home, 'resourceGroups')}": ("Contributor", home) for home in homes}


def _grant(
    name: str,
    plane: managedidentity.UserAssignedIdentity,
    needed: Mapping[str, tuple[str, pulumi.Input[str]]],
) -> list[pulumi.Resource]:
    """Give the control plane the rights that it needs, each on one resource."""
    return [
        rights.grant(f"{name}-control-plane-{label}", role, scope, plane)
        for label, (role, scope) in needed.items()
    ]


def _log(
    name: str,
    cluster: containerservice.ManagedCluster,
    spec: GpuClusterSpec,
    group: resources.ResourceGroup,
) -> None:
    wanted = accounts.Wanted(
        sku="Standard_ZRS", labels=spec.labels, key=spec.log_key, key_name="logs", protect=spec.protect
    )
    target = accounts.logs(f"{name}-log", group, wanted, spec.log_days)
    accounts.watch(f"{name}-audit", cluster.id, LOGS, target, cluster)


def kubeconfig(
    cluster: containerservice.ManagedCluster, group: resources.ResourceGroup
) -> pulumi.Output[str]:
    """Write how to reach the cluster: by a short-lived token of the caller's own, which kubelogin fetches."""
    given = containerservice.list_managed_cluster_user_credentials_output(
        resource_group_name=group.name, resource_name=cluster.name, opts=pulumi.InvokeOptions(parent=cluster)
    )
    written: pulumi.Output[str] = given.kubeconfigs.apply(lambda found: _for_callers(found[0].value))
    return written


def _for_callers(encoded: str) -> str:
    """Keep what the given kubeconfig says of the server, and put our own way to a token in place of its."""
    given = yaml.safe_load(base64.b64decode(encoded))
    arguments = ["get-token", "--login", "azurecli", "--server-id", ENTRA_AKS]
    command = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "kubelogin",
        "args": arguments,
    }
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "aks", "cluster": given["clusters"][0]["cluster"]}],
        "users": [{"name": "caller", "user": {"exec": command}}],
        "contexts": [{"name": "aks", "context": {"cluster": "aks", "user": "caller"}}],
        "current-context": "aks",
    }
    return json.dumps(config)
