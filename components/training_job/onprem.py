"""On an own site it runs in the cluster, as on any Kubernetes."""

from components.kubernetes.training import build

__all__ = ["build"]
