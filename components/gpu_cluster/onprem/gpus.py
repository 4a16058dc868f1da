"""NVIDIA's GPU operator: driver, toolkit, device plugin, the cutting of GPUs, and the labelling of nodes."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import yaml

from components import site as ground
from components.gpu_cluster.onprem import nodes
from components.gpu_cluster.onprem.hosts import Site
from components.kubernetes import operators
from components.kubernetes.charts import Chart
from infra.catalog import accelerators, compat
from infra.problems import Problem, ProblemsError

NAMESPACE = operators.NAMESPACES["gpu-operator"]
LAYOUTS = "mig-layouts"


def install(
    sites: Sequence[Site], labels: Mapping[str, str], opts: pulumi.ResourceOptions
) -> pulumi.Resource:
    """Install the operator; it brings Node Feature Discovery too, and nothing else does.

    Raises:
        ProblemsError: The driver is known to break one of the machines.
    """
    refuse(sites)
    space = ground.namespace(NAMESPACE, labels, opts, level="privileged")
    inside = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[space]))
    cuts = k8s.core.v1.ConfigMap(
        LAYOUTS,
        metadata={"name": LAYOUTS, "namespace": NAMESPACE, "labels": dict(labels)},
        data={"config.yaml": layouts(sites)},
        opts=inside,
    )
    after = pulumi.ResourceOptions.merge(inside, pulumi.ResourceOptions(depends_on=[cuts]))
    chart = Chart("gpu-operator", operators.CHARTS, operators.GPU_OPERATOR)
    return chart.install(NAMESPACE, values(sites), after, timeout=ground.WAIT)


def refuse(sites: Sequence[Site]) -> None:
    """Refuse a driver out of the bounds of some machine.

    Raises:
        ProblemsError: Names the machine and the reason.
    """
    found: list[Problem] = [
        problem
        for site in sites
        if site.driver == "operator"
        for problem in compat.check({"nvidia-driver": operators.GPU_DRIVER}, site.pool.machine)
    ]
    if found:
        raise ProblemsError("GpuCluster can't be built on premises", found)


def values(sites: Sequence[Site]) -> dict[str, Any]:
    """Give the chart's values. Without an operator's driver the machine's own is used, never both."""
    owned = any(site.gpu and site.driver == "operator" for site in sites)
    cut = [site for site in sites if site.mig]
    owner = operators.Driver.OPERATOR if owned else operators.Driver.PLATFORM
    keys = [taint["key"] for taint in nodes.tolerations(sites)]
    joined = any(site.pool.fabric for site in sites)
    common = operators.gpu_values(owner, keys, rdma=joined)
    return {
        **common,
        "toolkit": {
            "enabled": True
        },  # a machine that brings its driver leaves the container runtime to the operator
        "driver": {
            "enabled": owned,
            "version": operators.GPU_DRIVER,
            "kernelModuleType": _module(sites),
            # nvidia-peermem or DMA-BUF, without which GPU memory goes through the host
            "rdma": {"enabled": joined, "useHostMofed": not owned},
            # one machine at a time: there is no spare
            "upgradePolicy": {"autoUpgrade": True, "maxParallelUpgrades": 1, "maxUnavailable": 1},
        },
        "mig": {"strategy": "mixed" if any(len(site.mig) > 1 for site in cut) else "single"},
        "migManager": {
            "enabled": bool(cut),
            "config": {"name": LAYOUTS, "create": False, "default": "all-disabled"},
        },
        "node-feature-discovery": {
            **common["node-feature-discovery"],
            "master": {"config": {"enableTaints": True, "extraLabelNs": ["nvidia.com", "causeway"]}},
        },
    }


def _module(sites: Sequence[Site]) -> str:
    models = {site.pool.machine.accelerator.model for site in sites if site.pool.machine.accelerator}
    kinds = {accelerators.get(model).kernel_module for model in models}
    return "open" if kinds <= {"open"} else "auto"


def layouts(sites: Sequence[Site]) -> str:
    """Write how GPUs are cut, in the form of NVIDIA's mig-parted."""
    whole = [{"devices": "all", "mig-enabled": False}]
    cuts = {
        nodes.layout_name(site): [{"devices": "all", "mig-enabled": True, "mig-devices": dict(site.mig)}]
        for site in sites
        if site.mig
    }
    return str(
        yaml.safe_dump({"version": "v1", "mig-configs": {"all-disabled": whole, **cuts}}, sort_keys=True)
    )
