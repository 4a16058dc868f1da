"""Versions that an AKS cluster is made of: pinned, so that nothing moves under a running pool."""

KUBERNETES = "1.34"
"""The Kubernetes version: AKS takes the newest patch of it at the first update, and none by itself later."""

DRA = "25.12.0"
"""The chart of NVIDIA's driver for dynamic resource allocation (ai-infrastructure-on-azure, deploy-aks.sh)."""

LUSTRE_CSI = "0.4.0"
"""The chart of the Azure Managed Lustre driver (github.com/kubernetes-sigs/azurelustre-csi-driver)."""
