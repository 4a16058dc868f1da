"""Versions of what runs on the machines of a site: pinned, so that nothing moves under a running job."""

NVIDIA_CHARTS = "https://helm.ngc.nvidia.com/nvidia"

GPU_OPERATOR = "v26.3.3"
"""NVIDIA's GPU operator, chart and images alike (github.com/NVIDIA/gpu-operator, release v26.3.3)."""

DRIVER = "580.126.20"
"""The data centre driver; the fact table's bounds of each machine are asked before it is installed."""

DOCA = "doca3.4.0-26.04-0.8.6.0-0"
"""The driver of the InfiniBand adapters that goes with network operator v26.4.0 (its platform support page)."""
