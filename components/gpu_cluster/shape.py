"""The neutral shape of a GPU cluster."""

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi

from components.gpu_cluster.pools import NodePoolArgs, NodePoolSpec, parse_pools
from components.reading import Reader
from infra.platforms import Platform, backend


class GpuClusterArgs(TypedDict):
    """A cluster, its node pools and their fabric."""

    platform: str
    """Where: aws, gcp, azure, onprem or local."""
    pools: NotRequired[dict[str, NodePoolArgs]]
    """Node pools by name. Default: none (on this machine: one pool of its GPUs, or of CPU slots)."""
    slots: NotRequired[int]
    """On this machine: worker processes where there is no GPU (1 to 64). Default: 2."""
    version: NotRequired[str]
    """The Kubernetes version. Default: the backend's pinned one."""
    key: NotRequired[pulumi.Input[str]]
    """The key for secrets and disks, as `KeyRing.keys` names it. Required on clouds."""
    network: NotRequired[dict[str, pulumi.Input[Any]]]
    """Outputs of the network that the cluster joins. Required on clouds."""
    admin_principals: NotRequired[list[str]]
    """Who administers the cluster, as the cloud names principals. Default: nobody but the deployer."""
    kubeconfig: NotRequired[pulumi.Input[str]]
    """On premises: how to reach the existing cluster; a secret. Default: none."""
    labels: NotRequired[dict[str, str]]
    """Labels, in the platform's spelling. Default: none."""


@dataclass(frozen=True)
class GpuClusterSpec:
    """The checked form of `GpuClusterArgs`, every field present."""

    platform: Platform
    pools: dict[str, NodePoolSpec]
    slots: int
    version: str | None
    key: pulumi.Input[str] | None
    network: dict[str, pulumi.Input[Any]]
    admin_principals: tuple[str, ...]
    kubeconfig: pulumi.Input[str] | None
    labels: dict[str, str]


@dataclass(frozen=True)
class GpuClusterOutputs:
    """What a backend gives back."""

    endpoint: pulumi.Output[str]
    """The Kubernetes API's address; `local` on this machine."""
    kubeconfig: pulumi.Output[str]
    """How to reach it, a secret; empty on this machine."""
    pools: pulumi.Output[dict[str, Any]]
    """By pool: machine, nodes, accelerator and accelerators a node."""


class GpuCluster(pulumi.ComponentResource):
    """A cluster with its node pools and their fabric."""

    endpoint: pulumi.Output[str]
    """The Kubernetes API's address; `local` on this machine."""
    kubeconfig: pulumi.Output[str]
    """How to reach it, a secret; empty on this machine."""
    pools: pulumi.Output[dict[str, Any]]
    """By pool: machine, nodes, accelerator and accelerators a node."""

    def __init__(self, name: str, args: GpuClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("causeway:index:GpuCluster", name, dict(args), opts)
        spec = parse(args)
        made = backend("gpu_cluster", spec.platform).build(name, spec, pulumi.ResourceOptions(parent=self))
        self.endpoint, self.pools = made.endpoint, made.pools
        self.kubeconfig = pulumi.Output.secret(made.kubeconfig)
        self.register_outputs({"endpoint": self.endpoint, "kubeconfig": self.kubeconfig, "pools": self.pools})


def parse(args: GpuClusterArgs | dict[str, Any]) -> GpuClusterSpec:
    """Check the arguments and fill in defaults.

    Raises:
        ProblemsError: Carries every mistake at once.
    """
    reader = Reader("GpuCluster", args, GpuClusterArgs.__annotations__)
    platform = reader.platform()
    spec = GpuClusterSpec(
        platform=platform,
        pools=parse_pools(platform, reader),
        slots=reader.whole("slots", 2, 1, 64),
        version=reader.text("version", "") or None,
        key=reader.flowing("key"),
        network=reader.mapping("network"),
        admin_principals=tuple(reader.listed("admin_principals")),
        kubeconfig=reader.flowing("kubeconfig"),
        labels=reader.mapping("labels"),
    )
    reader.done()
    return spec
