"""NVIDIA's operators: GPUs and InfiniBand made ready on nodes, with exactly one owner of the driver."""

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from components.kubernetes.charts import Chart
from infra.catalog import fabrics

CHARTS = "https://helm.ngc.nvidia.com/nvidia"

GPU_OPERATOR = "v26.3.3"
"""The chart of the GPU Operator (github.com/NVIDIA/gpu-operator, release v26.3.3)."""

GPU_DRIVER = "580.126.20"
"""The GPU driver that it installs (its chart's values.yaml); a machine's bounds are asked before a pool is made."""

DOCA_DRIVER = "doca3.4.0-26.04-0.8.6.0-0"
"""The network driver of Network Operator v26.4.0 (docs.nvidia.com/networking, kubernetes2640, platform support)."""

MELLANOX = "nvcr.io/nvidia/mellanox"
VENDOR = "15b3"
"""The PCI vendor of NVIDIA's network cards."""

HAS_CARD = "feature.node.kubernetes.io/pci-15b3.present"
"""The label that node feature discovery puts on nodes with an NVIDIA network card."""

NAMESPACES = {"gpu-operator": "gpu-operator", "network-operator": "nvidia-network-operator"}


class Driver(StrEnum):
    """Who installs the GPU driver. A second one beside it breaks the container runtime (aks-rdma-infiniband #54)."""

    PLATFORM = "platform"
    """The node image, or the platform's own agent."""
    OPERATOR = "operator"
    """The GPU Operator, which then also loads what GPUs and network cards need to reach each other's memory."""


def namespace(name: str, labels: Mapping[str, str], opts: pulumi.ResourceOptions) -> k8s.core.v1.Namespace:
    """Make an operator's namespace, whose pods load kernel modules and so may do everything on a node."""
    return k8s.core.v1.Namespace(
        name,
        metadata={
            "name": NAMESPACES.get(name, name),
            "labels": {**labels, "pod-security.kubernetes.io/enforce": "privileged"},
        },
        opts=opts,
    )


def gpu_operator(
    driver: Driver,
    *,
    rdma: bool,
    taints: Iterable[str],
    labels: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> pulumi.CustomResource:
    """Install the GPU Operator, which counts GPUs and watches over them.

    Args:
        driver: Who installs the driver.
        rdma: Whether GPUs and network cards share memory (nvidia-peermem).
        taints: Keys of the taints on GPU nodes.
        labels: Labels of the namespace.
        opts: Options of what lives in the cluster.
    """
    return _chart("gpu-operator", GPU_OPERATOR, gpu_values(driver, taints, rdma=rdma), labels, opts)


def gpu_values(driver: Driver, taints: Iterable[str], *, rdma: bool) -> dict[str, Any]:
    """Write the values of the GPU Operator's chart; it brings node feature discovery for both operators."""
    ours, borne = driver is Driver.OPERATOR, tolerations(taints)
    return {
        "nfd": {"enabled": True},
        "node-feature-discovery": {"worker": {"tolerations": borne}},
        "daemonsets": {"tolerations": borne},
        "driver": {"enabled": ours, "rdma": {"enabled": ours and rdma}},
        "toolkit": {"enabled": ours},
        "migManager": {"enabled": False},
        "vgpuDeviceManager": {"enabled": False},
        "vfioManager": {"enabled": False},
        "sandboxDevicePlugin": {"enabled": False},
    }


def network_operator(
    fabric: fabrics.Fabric,
    taints: Iterable[str],
    labels: Mapping[str, str],
    opts: pulumi.ResourceOptions,
    after: pulumi.Resource,
    *,
    driver: bool = True,
) -> k8s.apiextensions.CustomResource:
    """Install the Network Operator and tell it to hand out each host channel adapter of InfiniBand as a device.

    Args:
        fabric: What the adapters join.
        taints: Keys of the taints on nodes with adapters.
        labels: Labels of the namespace.
        opts: Options of what lives in the cluster.
        after: What must be there before.
        driver: Whether it installs the adapters' driver too. Default: yes.
    """
    plugin = fabric.plugin
    assert plugin
    values = {"nfd": {"enabled": False, "deployNodeFeatureRules": True}}
    chart = _chart("network-operator", plugin.pinned.removeprefix("v"), values, labels, opts)
    return k8s.apiextensions.CustomResource(
        "nic-cluster-policy",
        api_version="mellanox.com/v1alpha1",
        kind="NicClusterPolicy",
        metadata={"name": "nic-cluster-policy"},  # the operator looks at this name alone
        spec=nic_policy(fabric, plugin.pinned, tolerations(taints), driver=driver),
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[chart, after])),
    )


def nic_policy(
    fabric: fabrics.Fabric, operator: str, borne: list[dict[str, str]], *, driver: bool = True
) -> dict[str, Any]:
    """Write what the Network Operator puts on nodes with a card: the driver, and a plugin that counts the cards.

    The plugin counts whole adapters, so a pod asks for as many as the machine has, never for slots of a shared one.
    """
    there = {"matchExpressions": [{"key": HAS_CARD, "operator": "In", "values": ["true"]}]}
    brought = {
        "repository": MELLANOX,
        "image": "doca-driver",
        "version": DOCA_DRIVER,
        # a new driver needs empty nodes: it comes by hand, pool by pool
        "upgradePolicy": {"autoUpgrade": False},
    }
    return {
        "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [there]}},
        "tolerations": borne,
        **({"ofedDriver": brought} if driver else {}),
        "sriovDevicePlugin": device_plugin(fabric, operator),
    }


def device_plugin(fabric: fabrics.Fabric, operator: str) -> dict[str, str]:
    """Count each InfiniBand card as one device of the name that pods ask for; Ethernet ports are no fabric."""
    assert fabric.resource
    prefix, _, resource = fabric.resource.partition("/")
    cards = {"vendors": [VENDOR], "linkTypes": ["infiniband"], "isRdma": True}
    counted = {"resourceList": [{"resourcePrefix": prefix, "resourceName": resource, "selectors": cards}]}
    return {
        **image("sriov-network-device-plugin", operator),
        "config": json.dumps(counted, sort_keys=True),
    }


def image(name: str, operator: str) -> dict[str, str]:
    """Name an image of the Network Operator's own release."""
    return {"repository": MELLANOX, "image": name, "version": f"network-operator-{operator}"}


def tolerations(taints: Iterable[str]) -> list[dict[str, str]]:
    """Bear taints by their keys."""
    return [{"key": key, "operator": "Exists", "effect": "NoSchedule"} for key in dict.fromkeys(taints)]


def _chart(
    name: str,
    version: str,
    values: Mapping[str, Any],
    labels: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> pulumi.CustomResource:
    room = namespace(name, labels, opts)
    inside = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[room]))
    # the first driver is compiled on the node
    return Chart(name, CHARTS, version).install(NAMESPACES[name], values, inside, timeout=1800)
