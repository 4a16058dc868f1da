"""Versions and images that a GKE cluster is made of: pinned, so that nothing moves under a running pool."""

from collections.abc import Mapping
from types import MappingProxyType

from infra.catalog.fabrics import Transport

KUBERNETES = "1.34.1-gke.1829001"
"""The first version with every kind of fabric network (cluster-toolkit gpu_direct.tf)."""

INSTALLERS: Mapping[Transport, str] = MappingProxyType(
    {
        Transport.TCPX: "us-docker.pkg.dev/gce-ai-infra/gpudirect-tcpx/nccl-plugin-gpudirecttcpx-dev",
        Transport.TCPXO: "us-docker.pkg.dev/gce-ai-infra/gpudirect-tcpxo/nccl-plugin-gpudirecttcpx-dev",
        Transport.ROCE: "us-docker.pkg.dev/gce-ai-infra/gpudirect-gib/nccl-plugin-gib",
    }
)
"""Images that put a transport's NCCL plugin on a node (container-engine-accelerators, gpudirect-*/). Their versions
are those of the fact table, where they pair with the daemons."""

ARM = "-arm64"
"""What ends the name of an installer's image for Arm machines (container-engine-accelerators,
nccl-rdma-installer-a4x.yaml)."""

INJECTOR = (
    "gcr.io/gke-release/nri-device-injector"
    "@sha256:6e79483d52abdc28454bf186320b10a56b0f117a10e8d65d5c74dbb821a76970"
)
"""What hands devices of the node to containers whose pod names them (container-engine-accelerators,
nri_device_injector/nri-device-injector.yaml)."""

DRA = "25.3.0"
"""The chart of NVIDIA's driver for dynamic resource allocation (cluster-toolkit, kubectl-apply: nvidia_dra_driver)."""

PAUSE = "gke.gcr.io/pause:3.8@sha256:880e63f94b145e46f1b1082bb71b85e21f16b99b180b9996407d61240ceb9830"
"""What stays of an installer once it is done (container-engine-accelerators, nccl-rdma-installer.yaml)."""

HYPERDISK = ("a3-ultragpu", "a4", "ct6e", "tpu7x")
"""Beginnings of machine types that boot from Hyperdisk alone (cluster-toolkit gke-a3-ultragpu, gke-a4, gke-tpu-v6e)."""
