"""The GKE control plane: private, logged, its secrets under our key, its administrators named."""

from typing import Any

import pulumi
from pulumi_gcp import container, projects, serviceaccount

from components.google import PODS, SERVICES, title, workload_pool, zones
from components.gpu_cluster.gcp.versions import KUBERNETES
from components.gpu_cluster.shape import GpuClusterSpec

LOGS = ("SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER", "WORKLOADS")
"""Every kind of log that a cluster writes."""

METRICS = ("SYSTEM_COMPONENTS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER", "STORAGE", "POD", "DCGM")
"""What a cluster measures, the health of GPUs among it."""

NODE = {
    "node": "roles/container.defaultNodeServiceAccount",
    "node-images": "roles/artifactregistry.reader",
}
"""The least that a node needs: to write logs and metrics, and to pull images of the project's own registry, which the
first role does not let it (GKE hardening guide; Artifact Registry, integrate with GKE)."""


def account(name: str, spec: GpuClusterSpec, opts: pulumi.ResourceOptions) -> serviceaccount.Account:
    """Make what nodes act as; workloads act as themselves."""
    made = serviceaccount.Account(
        f"{name}-node",
        account_id=title(name, "node", limit=30),
        display_name=f"{pulumi.get_stack()} {name} nodes",
        opts=opts,
    )
    for label, role in NODE.items():
        projects.IAMMember(
            f"{name}-{label}",
            project=spec.account,
            role=role,
            member=made.member,
            opts=pulumi.ResourceOptions(parent=made),
        )
    return made


def build(
    name: str, spec: GpuClusterSpec, node: serviceaccount.Account, opts: pulumi.ResourceOptions
) -> container.Cluster:
    """Make the control plane, over the region, and let its administrators in."""
    own = pulumi.ResourceOptions(
        protect=spec.protect,
        # GKE makes its first pool to start at all; it is gone at once, and what it looked like no longer matters
        ignore_changes=["nodeConfig", "initialNodeCount"],
        custom_timeouts=pulumi.CustomTimeouts(create="60m", update="90m", delete="60m"),
    )
    cluster = container.Cluster(
        name,
        name=title(name, limit=40),
        location=spec.region,
        node_locations=zones(spec.network),
        min_master_version=spec.version or KUBERNETES,
        # without a channel GKE upgrades no node by itself: a version changes by our hand alone
        release_channel={"channel": "UNSPECIFIED"},
        deletion_protection=spec.protect,
        resource_labels=spec.labels,
        remove_default_node_pool=True,
        initial_node_count=1,
        node_config=_first(spec, node),
        **_network(spec),
        **_guarded(spec),
        **_seen(),
        addons_config=_addons(spec),
        opts=pulumi.ResourceOptions.merge(opts, own),
    )
    _admins(name, cluster, spec)
    return cluster


def _first(spec: GpuClusterSpec, node: serviceaccount.Account) -> dict[str, Any]:
    return {
        "service_account": node.email,
        "boot_disk_kms_key": spec.key,
        "shielded_instance_config": {"enable_secure_boot": True, "enable_integrity_monitoring": True},
        "workload_metadata_config": {"mode": "GKE_METADATA"},
    }


def _network(spec: GpuClusterSpec) -> dict[str, Any]:
    subnets = pulumi.Output.from_input(spec.network["subnets"])
    return {
        "network": spec.network["id"],
        "subnetwork": subnets.apply(lambda by: by[zones(spec.network)[0]]),
        "networking_mode": "VPC_NATIVE",
        "ip_allocation_policy": {
            "cluster_secondary_range_name": PODS,
            "services_secondary_range_name": SERVICES,
        },
        # both can be chosen at the start alone, so that a pool with a fabric may come later
        "datapath_provider": "ADVANCED_DATAPATH",
        "enable_multi_networking": True,
        "private_cluster_config": {"enable_private_nodes": True, "enable_private_endpoint": True},
        "control_plane_endpoints_config": {"dns_endpoint_config": {"allow_external_traffic": False}},
        "master_authorized_networks_config": {
            "cidr_blocks": [{"cidr_block": spec.network["cidr"], "display_name": "our network"}],
            "gcp_public_cidrs_access_enabled": False,
        },
        "enable_intranode_visibility": True,
        "dns_config": {"cluster_dns": "CLOUD_DNS", "cluster_dns_scope": "CLUSTER_SCOPE"},
    }


def _guarded(spec: GpuClusterSpec) -> dict[str, Any]:
    return {
        "database_encryption": {"state": "ENCRYPTED", "key_name": spec.key},
        "workload_identity_config": {"workload_pool": workload_pool(spec.account)},
        "enable_shielded_nodes": True,
        "enable_legacy_abac": False,
        "security_posture_config": {"mode": "BASIC", "vulnerability_mode": "VULNERABILITY_DISABLED"},
    }


def _seen() -> dict[str, Any]:
    return {
        "logging_config": {"enable_components": list(LOGS)},
        "monitoring_config": {
            "enable_components": list(METRICS),
            "managed_prometheus": {"enabled": True},
        },
    }


def _addons(spec: GpuClusterSpec) -> dict[str, Any]:
    lustre = {"lustre_csi_driver_config": {"enabled": True}} if spec.storage else {}
    return {
        "gce_persistent_disk_csi_driver_config": {"enabled": True},
        "gcs_fuse_csi_driver_config": {"enabled": True},
        **lustre,
    }


def _admins(name: str, cluster: container.Cluster, spec: GpuClusterSpec) -> None:
    """Let administrators in; who deploys is one of them or sees nothing of the cluster's inside."""
    for principal in spec.admin_principals:
        projects.IAMMember(
            f"{name}-admin-{principal.rpartition(':')[2].partition('@')[0]}",
            project=spec.account,
            role="roles/container.admin",
            member=principal,
            opts=pulumi.ResourceOptions(parent=cluster),
        )


def kubeconfig(cluster: container.Cluster) -> pulumi.Output[str]:
    """Write how to reach the cluster: by a short-lived token of the caller's own, which Google's plugin fetches."""
    command = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "gke-gcloud-auth-plugin",
        "provideClusterInfo": True,
        "interactiveMode": "Never",
    }
    server = {
        "server": pulumi.Output.concat("https://", cluster.endpoint),
        "certificate-authority-data": cluster.master_auth.cluster_ca_certificate,
    }
    config: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "gke", "cluster": server}],
        "users": [{"name": "caller", "user": {"exec": command}}],
        "contexts": [{"name": "gke", "context": {"cluster": "gke", "user": "caller"}}],
        "current-context": "gke",
    }
    return pulumi.Output.json_dumps(config)
