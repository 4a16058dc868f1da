"""What a device can do at best, so that model FLOPs utilisation is right or absent, never wrong."""

import torch

PEAKS: dict[str, dict[str, float]] = {
    "NVIDIA A100-SXM4-40GB": {"bfloat16": 312e12},
    "NVIDIA A100-SXM4-80GB": {"bfloat16": 312e12},
    "NVIDIA A100 80GB PCIe": {"bfloat16": 312e12},
    "NVIDIA A100-PCIE-40GB": {"bfloat16": 312e12},
    "NVIDIA H100 80GB HBM3": {"bfloat16": 989.4e12, "float8": 1978.9e12},
    "NVIDIA H100 PCIe": {"bfloat16": 756e12, "float8": 1513e12},
    "NVIDIA H100 NVL": {"bfloat16": 835e12, "float8": 1671e12},
    "NVIDIA H200": {"bfloat16": 989.4e12, "float8": 1978.9e12},
    "NVIDIA B200": {"bfloat16": 2250e12, "float8": 4500e12},
    "NVIDIA L4": {"bfloat16": 121e12, "float8": 242e12},
    "NVIDIA L40S": {"bfloat16": 362e12, "float8": 733e12},
}
"""Device name as CUDA gives it -> arithmetic -> dense FLOP/s, from NVIDIA's data sheets (sparse figures halved)."""


def peak(device: torch.device, dtype: str) -> float | None:
    """Give the device's best FLOP/s in `dtype` (bfloat16, float8); None when the table doesn't know it."""
    if device.type != "cuda":
        return None
    return PEAKS.get(torch.cuda.get_device_name(device), {}).get(dtype)


def utilisation(tokens_per_second: float, flops_per_token: int, best: float | None) -> float | None:
    """Give model FLOPs utilisation of one device, 0 to 1; None when its peak is unknown."""
    return None if best is None else tokens_per_second * flops_per_token / best
