"""The neutral shape of an identity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NotRequired, TypedDict

import pulumi

from components.reading import Reader
from infra.platforms import Platform, backend

ACCESS = ("read", "write")


class StoreRightArgs(TypedDict):
    """What a workload may do with one object store."""

    store: pulumi.Input[str]
    """The platform's id of the store, as `ObjectStore.bucket_id` gives it."""
    access: NotRequired[str]
    """read, or write which includes reading and deleting. Default: read."""
    prefix: NotRequired[str]
    """The one folder that it is about. Default: all of the store."""
    key: NotRequired[pulumi.Input[str]]
    """The key that encrypts the store, as `KeyRing.keys` names it. Default: none, the store is plain."""
    authority: NotRequired[pulumi.Input[str]]
    """The certificate by which clients know the store, as `ObjectStore.authority` gives it. Default: none is needed."""


@dataclass(frozen=True)
class StoreRight:
    """The checked form of `StoreRightArgs`, every field present."""

    store: pulumi.Input[str]
    access: str
    prefix: str
    key: pulumi.Input[str] | None
    authority: pulumi.Input[str] | None = None


class IdentityArgs(TypedDict):
    """Who one workload is."""

    platform: str
    """Where: aws, gcp, azure, onprem or local."""
    workload: str
    """The workload; its namespace and service account in the cluster have this name."""
    cluster: NotRequired[pulumi.Input[str]]
    """The platform's name of the cluster. Required on clouds, for a workload of one of their own clusters."""
    issuer: NotRequired[pulumi.Input[str]]
    """Who signs the cluster's tokens, as `GpuCluster.issuer` gives it. Required on Azure.

    On AWS without `cluster`: the workload runs in a cluster somewhere else, whose tokens are trusted."""
    stores: NotRequired[dict[str, StoreRightArgs]]
    """Rights on object stores, by a name of your choice. Default: none."""
    region: NotRequired[str]
    """The platform's name of the region. Required on AWS and Azure."""
    account: NotRequired[str]
    """The account that it is in. Required on clouds."""
    labels: NotRequired[dict[str, str]]
    """Labels, in the platform's spelling. Default: none."""


@dataclass(frozen=True)
class IdentitySpec:
    """The checked form of `IdentityArgs`, every field present."""

    platform: Platform
    workload: str
    cluster: pulumi.Input[str] | None
    issuer: pulumi.Input[str] | None
    stores: dict[str, StoreRight]
    region: str
    account: str
    labels: dict[str, str]


@dataclass(frozen=True)
class Token:
    """A token of its own service account that a pod must hold to prove who it is in another place."""

    audience: str
    """Whom the token is for."""
    folder: str
    """Where the pod finds it, in a file named `token`."""


@dataclass(frozen=True)
class IdentityOutputs:
    """What a backend gives back."""

    principal: pulumi.Output[str]
    """The principal's name (an ARN, an address); empty on this machine, where a process acts as its user."""
    annotations: dict[str, pulumi.Input[str]]
    """What the service account in the cluster must carry; nothing where the platform binds it by itself."""
    credentials: Mapping[str, pulumi.Input[str]] = field(default_factory=lambda: MappingProxyType({}))
    """Variables that the workload's containers must see, secrets; nothing where the platform hands them out itself."""
    token: Token | None = None
    """The token that the workload's pods must hold. None: the platform's own agents see to it."""


class Identity(pulumi.ComponentResource):
    """Who one workload is."""

    principal: pulumi.Output[str]
    """The principal's name (an ARN, an address); empty on this machine, where a process acts as its user."""
    annotations: pulumi.Output[dict[str, str]]
    """What the service account in the cluster must carry; nothing where the platform binds it by itself."""

    def __init__(self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("causeway:index:Identity", name, dict(args), opts)
        spec = parse(args)
        made = backend("identity", spec.platform).build(name, spec, pulumi.ResourceOptions(parent=self))
        self.principal = made.principal
        self.annotations = pulumi.Output.from_input(made.annotations)
        self.credentials: Mapping[str, pulumi.Input[str]] = made.credentials
        self.token: Token | None = made.token
        self.register_outputs({"principal": self.principal, "annotations": self.annotations})


def parse(args: IdentityArgs | dict[str, Any]) -> IdentitySpec:
    """Check the arguments and fill in defaults.

    Raises:
        ProblemsError: Carries every mistake at once.
    """
    reader = Reader("Identity", args, IdentityArgs.__annotations__)
    spec = IdentitySpec(
        platform=reader.platform(),
        workload=reader.text("workload"),
        cluster=reader.flowing("cluster"),
        issuer=reader.flowing("issuer"),
        stores={name: _right(name, right, reader) for name, right in reader.mapping("stores").items()},
        region=reader.text("region", ""),
        account=reader.text("account", ""),
        labels=reader.mapping("labels"),
    )
    reader.done()
    return spec


def _right(name: str, args: dict[str, Any], outer: Reader) -> StoreRight:
    reader = outer.inside(f"stores.{name}", args, StoreRightArgs.__annotations__)
    return StoreRight(
        store=reader.required("store"),
        access=reader.choice("access", ACCESS, "read"),
        prefix=reader.text("prefix", "").strip("/"),
        key=reader.flowing("key"),
        authority=reader.flowing("authority"),
    )
