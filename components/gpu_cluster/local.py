"""This machine as a cluster of one node: its GPUs, or CPU slots where there is none."""

from pathlib import Path

import pulumi

from components.gpu_cluster.shape import GpuClusterOutputs, GpuClusterSpec

_NVIDIA = Path("/proc/driver/nvidia/gpus")


def build(name: str, spec: GpuClusterSpec, opts: pulumi.ResourceOptions) -> GpuClusterOutputs:
    """Describe what is here; there is nothing to create.

    Raises:
        ValueError: Node pools are asked for.
    """
    del opts
    if spec.pools:
        asked = ", ".join(spec.pools)
        raise ValueError(
            f"cluster {name!r}: this machine is one node, it has no pools ({asked}); use `slots`"
        )
    gpus = count_gpus(_NVIDIA)
    pool = {
        "machine": "this-machine",
        "nodes": 1,
        "accelerator": "cuda" if gpus else "cpu",
        "accelerators": gpus or spec.slots,
        "fabric": False,
    }
    return GpuClusterOutputs(
        name=pulumi.Output.from_input("local"),
        endpoint=pulumi.Output.from_input("local"),
        kubeconfig=pulumi.Output.from_input(""),
        pools=pulumi.Output.from_input({"local": pool}),
    )


def count_gpus(folder: Path) -> int:
    """Count NVIDIA GPUs as the kernel driver lists them, one folder each; 0 without a driver."""
    return sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0
