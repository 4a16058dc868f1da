"""The neutral shape of a GPU cluster."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
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
    """Node pools by name, on clouds one or more with purpose: system.

    Default: none (on this machine: one pool of its GPUs, or of CPU slots)."""
    slots: NotRequired[int]
    """On this machine: worker processes where there is no GPU (1 to 64). Default: 2."""
    version: NotRequired[str]
    """The Kubernetes version. Default: the backend's pinned one."""
    key: NotRequired[pulumi.Input[str]]
    """The key for secrets and disks, as `KeyRing.purposes` names it. Required on clouds."""
    log_key: NotRequired[pulumi.Input[str]]
    """The key of the control plane's logs, as `KeyRing.purposes` names it. Required on AWS and Azure."""
    log_days: NotRequired[int]
    """How long the control plane's logs are kept, in days (90 to 3653). Default: 90."""
    region: NotRequired[str]
    """The platform's name of the region. Required on clouds."""
    account: NotRequired[str]
    """The account that it is in. Required on clouds."""
    image: NotRequired[str]
    """The release of the nodes' system image, which changes by your hand alone. Default: the backend's pinned one."""
    packages: NotRequired[list[str]]
    """System packages that nodes install at boot, as a shared file system asks for. Default: none."""
    storage: NotRequired[dict[str, pulumi.Input[Any]]]
    """How the cluster makes volumes of a shared file system, as `SharedFilesystem.storage` gives it. Default: none."""
    protect: NotRequired[bool]
    """Refuse to delete it. Default: false."""
    network: NotRequired[dict[str, pulumi.Input[Any]]]
    """The network that the cluster joins, as `Network.joined` gives it. Required on clouds."""
    admin_principals: NotRequired[list[str]]
    """Who administers the cluster, as the cloud names principals. Required on AWS and Azure."""
    kubeconfig: NotRequired[pulumi.Input[str]]
    """On premises: how to reach the existing cluster; a secret. Default: none."""
    issuer: NotRequired[str]
    """On premises: the address at which the cluster publishes who signs its tokens. Default: nobody may trust them."""
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
    log_key: pulumi.Input[str] | None
    log_days: int
    region: str
    account: str
    image: str | None
    packages: tuple[str, ...]
    storage: dict[str, pulumi.Input[Any]]
    protect: bool
    network: dict[str, pulumi.Input[Any]]
    admin_principals: tuple[str, ...]
    kubeconfig: pulumi.Input[str] | None
    issuer: str
    labels: dict[str, str]


@dataclass(frozen=True)
class GpuClusterOutputs:
    """What a backend gives back."""

    name: pulumi.Output[str]
    """The platform's name of the cluster; `local` on this machine."""
    endpoint: pulumi.Output[str]
    """The Kubernetes API's address; `local` on this machine."""
    kubeconfig: pulumi.Output[str]
    """How to reach it, a secret; empty on this machine."""
    pools: pulumi.Output[dict[str, Any]]
    """By pool: machine, nodes, accelerator, accelerators a node, and whether it joins its fabric."""
    owner: pulumi.Resource | None = None
    """The resource with which everything inside the cluster goes away. None: what is inside is deleted itself."""
    ready: tuple[pulumi.Resource, ...] = ()
    """What work waits for, and outlives it on the way out: the machines. Default: the cluster alone."""
    networks: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """By pool: what its pods ask for to be attached to the fabric, where they have to ask. Default: nothing."""
    issuer: pulumi.Output[str] | None = None
    """The address of who signs the tokens of service accounts (OIDC). None: nobody outside may trust them."""


class GpuCluster(pulumi.ComponentResource):
    """A cluster with its node pools and their fabric."""

    cluster_name: pulumi.Output[str]
    """The platform's name of the cluster; `local` on this machine."""
    endpoint: pulumi.Output[str]
    """The Kubernetes API's address; `local` on this machine."""
    kubeconfig: pulumi.Output[str]
    """How to reach it, a secret; empty on this machine."""
    pools: pulumi.Output[dict[str, Any]]
    """By pool: machine, nodes, accelerator, accelerators a node, and whether it joins its fabric."""
    issuer: pulumi.Output[str]
    """The address of who signs the tokens of service accounts (OIDC); empty when nobody outside may trust them."""

    def __init__(self, name: str, args: GpuClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("causeway:index:GpuCluster", name, dict(args), opts)
        spec = parse(args)
        made = backend("gpu_cluster", spec.platform).build(name, spec, pulumi.ResourceOptions(parent=self))
        self.owner: pulumi.Resource | None = made.owner
        self.ready: tuple[pulumi.Resource, ...] = made.ready
        self.networks: Mapping[str, str] = made.networks
        self.cluster_name, self.endpoint, self.pools = made.name, made.endpoint, made.pools
        self.kubeconfig = pulumi.Output.secret(made.kubeconfig)
        self.issuer = pulumi.Output.from_input("") if made.issuer is None else made.issuer
        for pool in spec.pools.values():
            for warning in pool.warnings:
                pulumi.log.warn(f"pool {pool.name}: {warning}", self)
        outputs = {"endpoint": self.endpoint, "kubeconfig": self.kubeconfig, "pools": self.pools}
        self.register_outputs({"cluster_name": self.cluster_name, "issuer": self.issuer, **outputs})


def parse(args: GpuClusterArgs | dict[str, Any]) -> GpuClusterSpec:
    """Check the arguments and fill in defaults.

    Raises:
        ProblemsError: Carries every mistake at once.
    """
    reader = Reader("GpuCluster", args, GpuClusterArgs.__annotations__)
    platform, region = reader.platform(), reader.text("region", "")
    spec = GpuClusterSpec(
        platform=platform,
        pools=parse_pools(platform, region, reader),
        slots=reader.whole("slots", 2, 1, 64),
        version=reader.text("version", "") or None,
        key=reader.flowing("key"),
        log_key=reader.flowing("log_key"),
        log_days=reader.whole("log_days", 90, 90, 3653),
        region=region,
        account=reader.text("account", ""),
        image=reader.text("image", "") or None,
        packages=tuple(reader.listed("packages")),
        storage=reader.mapping("storage"),
        protect=reader.flag("protect", default=False),
        network=reader.mapping("network"),
        admin_principals=tuple(reader.listed("admin_principals")),
        kubeconfig=reader.flowing("kubeconfig"),
        issuer=reader.text("issuer", ""),
        labels=reader.mapping("labels"),
    )
    reader.done()
    return spec
