"""Versions that an EKS cluster is made of: pinned, so that nothing moves under a running pool."""

from collections.abc import Mapping
from types import MappingProxyType

KUBERNETES = "1.35"
"""The Kubernetes version that the add-ons below were released for."""

IMAGE = "1.35.3-20260415"
"""The release of the EKS node image (AL2023), the same for the plain, the NVIDIA and the Neuron variant."""

ADDONS: Mapping[str, str] = MappingProxyType(
    {
        "vpc-cni": "v1.22.4-eksbuild.3",
        "kube-proxy": "v1.35.3-eksbuild.21",
        "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
        "coredns": "v1.13.2-eksbuild.21",
        "aws-ebs-csi-driver": "v1.63.1-eksbuild.1",
    }
)
"""EKS add-ons for that version, as `aws eks describe-addon-versions` gave them in August 2026."""

KARPENTER = "1.13.0"
"""Karpenter's chart; the first minor release line that covers Kubernetes 1.35 is 1.9."""

NVIDIA_PLUGIN = "0.18.0"
"""NVIDIA's device plugin, chart and image alike."""

FSX_CSI = "1.17.0"
"""The chart of the FSx for Lustre driver."""


def image_day(release: str) -> str:
    """Give the day of a node image's release, which Karpenter's alias is made of.

    Args:
        release: Kubernetes version and day, for example `1.35.3-20260415`.

    Raises:
        ValueError: It has another form.
    """
    version, _, day = release.partition("-")
    if not (version.count(".") == 2 and len(day) == 8 and day.isdigit()):
        raise ValueError(f"node image {release!r} is no release; write it like {IMAGE}")
    return day
