"""The neutral shape of a shared file system."""

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi

from components.reading import Reader
from infra.platforms import Platform, backend


class SharedFilesystemArgs(TypedDict):
    """A parallel file system beside an object store, which it mirrors where the platform can."""

    platform: str
    """Where: aws, gcp, azure, onprem or local."""
    region: NotRequired[str]
    """The platform's name of the region. Required on Azure."""
    data_class: str
    """The class of what it holds: that of its store."""
    capacity_gib: int
    """Its size in GiB (1200 to 1000000); platforms have steps."""
    store: pulumi.Input[str]
    """The object store that it is for, as `ObjectStore.url` gives it."""
    key: pulumi.Input[str]
    """The key that encrypts it, as `KeyRing.keys` names it."""
    log_key: NotRequired[pulumi.Input[str]]
    """The key of its log, as `KeyRing.purposes` names it. Required on AWS."""
    network: dict[str, pulumi.Input[Any]]
    """The network that it joins, as `Network.joined` gives it."""
    pool: NotRequired[str]
    """The pool with a fabric that uses it most, beside whose machines it stands. Default: the first zone."""
    throughput_mbps_per_tib: NotRequired[int]
    """Throughput per TiB of storage, in MB/s. Default: 250."""
    protect: NotRequired[bool]
    """Refuse to delete it. Default: false."""
    labels: NotRequired[dict[str, str]]
    """Labels, in the platform's spelling. Default: none."""


@dataclass(frozen=True)
class SharedFilesystemSpec:
    """The checked form of `SharedFilesystemArgs`, every field present."""

    platform: Platform
    region: str
    data_class: str
    capacity_gib: int
    store: pulumi.Input[str]
    key: pulumi.Input[str]
    log_key: pulumi.Input[str] | None
    network: dict[str, pulumi.Input[Any]]
    pool: str
    throughput_mbps_per_tib: int
    protect: bool
    labels: dict[str, str]


@dataclass(frozen=True)
class SharedFilesystemOutputs:
    """What a backend gives back."""

    id: pulumi.Output[str]
    """The platform's id of it."""
    packages: tuple[str, ...]
    """System packages that a node needs to mount it."""
    storage: dict[str, pulumi.Input[Any]]
    """What a cluster needs to make volumes of it: `driver`, and the storage class's `parameters`."""
    volume: dict[str, pulumi.Input[Any]]
    """What a pod needs to mount it: `driver`, `handle`, `attributes`, `capacity_gib`, and where the driver wants them
    `secret`, by which nodes mount it, and `mount_options`."""
    mirrors: bool = True
    """Whether what is in the store is in it too, below `store`. Default: true."""


class SharedFilesystem(pulumi.ComponentResource):
    """A parallel file system beside an object store, which it mirrors where the platform can."""

    filesystem_id: pulumi.Output[str]
    """The platform's id of it."""
    packages: pulumi.Output[list[str]]
    """System packages that a node needs to mount it."""
    storage: pulumi.Output[dict[str, Any]]
    """What a cluster needs to make volumes of it: `driver`, and the storage class's `parameters`."""
    volume: pulumi.Output[dict[str, Any]]
    """What a pod needs to mount it: `driver`, `handle`, `attributes`, `capacity_gib`."""

    def __init__(
        self, name: str, args: SharedFilesystemArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("causeway:index:SharedFilesystem", name, dict(args), opts)
        spec = parse(args)
        made = backend("shared_filesystem", spec.platform).build(
            name, spec, pulumi.ResourceOptions(parent=self)
        )
        self.filesystem_id = made.id
        self._packages: tuple[str, ...] = made.packages
        self._mounted = tuple(made.volume)
        self.mirrors = made.mirrors
        self.packages = pulumi.Output.from_input(list(made.packages))
        self.storage, self.volume = (
            pulumi.Output.from_input(made.storage),
            pulumi.Output.from_input(made.volume),
        )
        self.register_outputs(
            {"filesystem_id": self.filesystem_id, "storage": self.storage, "volume": self.volume}
        )

    def mounted(self) -> dict[str, pulumi.Output[Any]]:
        """Give what pods need to mount it part by part: which parts there are decides what a volume is made of."""
        return {part: self.volume[part] for part in self._mounted}

    def node_packages(self) -> list[str]:
        """Give the packages that nodes install, plain, since they decide what a node boots with."""
        return list(self._packages)


def parse(args: SharedFilesystemArgs | dict[str, Any]) -> SharedFilesystemSpec:
    """Check the arguments and fill in defaults.

    Raises:
        ProblemsError: Carries every mistake at once.
    """
    reader = Reader("SharedFilesystem", args, SharedFilesystemArgs.__annotations__)
    spec = SharedFilesystemSpec(
        platform=reader.platform(),
        region=reader.text("region", ""),
        data_class=reader.text("data_class"),
        capacity_gib=reader.whole("capacity_gib", None, 1200, 1_000_000),
        store=reader.required("store"),
        key=reader.required("key"),
        log_key=reader.flowing("log_key"),
        network=reader.mapping("network"),
        pool=reader.text("pool", ""),
        throughput_mbps_per_tib=reader.whole("throughput_mbps_per_tib", 250, 1, 10_000),
        protect=reader.flag("protect", default=False),
        labels=reader.mapping("labels"),
    )
    reader.done()
    return spec
