"""The neutral shape of an object store."""

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi

from components.reading import Reader
from infra.platforms import Platform, backend
from infra.problems import Problem, ProblemsError

ENCRYPTION = ("customer-managed", "none")
ACCESS = ("read", "write")
TIERING = ("by-age", "by-use")
_YEARS_10 = 3650


class WorkloadRightArgs(TypedDict):
    """What one workload may do with the store."""

    access: str
    """read, or write which includes reading and deleting."""
    prefix: NotRequired[str]
    """The one folder that it is about. Default: all of the store."""
    stack: NotRequired[str]
    """The stack that the workload is of, where that is another one. Default: this stack."""


@dataclass(frozen=True)
class WorkloadRight:
    """The checked form of `WorkloadRightArgs`, every field present."""

    access: str
    prefix: str
    stack: str = ""


class ObjectStoreArgs(TypedDict):
    """One bucket."""

    platform: str
    """Where: aws, gcp, azure, onprem or local."""
    data_class: str
    """The class of what it holds; it becomes a label that residency rules read."""
    encryption: NotRequired[str]
    """`customer-managed`, or `none` which the policy stops by name. Default: customer-managed."""
    key: NotRequired[pulumi.Input[str]]
    """The key that encrypts it, as `KeyRing.keys` names it. Required unless encryption is `none`."""
    versioning: NotRequired[bool]
    """Keep older versions of objects. Default: true."""
    noncurrent_versions: NotRequired[int]
    """How many older versions of an object stay. Default: all."""
    noncurrent_days: NotRequired[int]
    """How long an older version stays, in days. Default: for ever."""
    expire_days: NotRequired[int]
    """How long an object stays, in days. Default: for ever."""
    archive_days: NotRequired[int]
    """When an object moves to the colder tier, in days; no effect on this machine. Default: never."""
    tiering: NotRequired[str]
    """What moves objects between tiers: by-age (`archive_days`), or by-use where the platform watches each object.
    Default: by-age."""
    lock_days: NotRequired[int]
    """Write once: nothing can be changed or deleted for so many days. Default: no lock."""
    replica_region: NotRequired[str]
    """Keep a copy in this region. Default: no copy."""
    replica_key: NotRequired[pulumi.Input[str]]
    """The key that encrypts the copy, as `KeyRing.replicas` names it. Required with `replica_region`."""
    jurisdictions: NotRequired[list[str]]
    """Where the data and its copies may be, for example `eu`. Default: anywhere."""
    region: NotRequired[str]
    """The platform's name of the region. Required on clouds."""
    account: NotRequired[str]
    """The account that it is in. Required on AWS and Azure."""
    network: NotRequired[dict[str, pulumi.Input[Any]]]
    """The network that it is reached from, as `Network.joined` gives it. Required on Azure."""
    workloads: NotRequired[dict[str, WorkloadRightArgs]]
    """Rights by workload, for platforms that keep them at the store; elsewhere `Identity` gives them. Default: none."""
    protect: NotRequired[bool]
    """Refuse to delete it. Default: false."""
    force_destroy: NotRequired[bool]
    """Delete it with everything in it. Default: false."""
    labels: NotRequired[dict[str, str]]
    """Labels, in the platform's spelling. Default: none."""


@dataclass(frozen=True)
class ObjectStoreSpec:
    """The checked form of `ObjectStoreArgs`, every field present."""

    platform: Platform
    data_class: str
    encryption: str
    key: pulumi.Input[str] | None
    versioning: bool
    noncurrent_versions: int | None
    noncurrent_days: int | None
    expire_days: int | None
    archive_days: int | None
    tiering: str
    lock_days: int | None
    replica_region: str | None
    replica_key: pulumi.Input[str] | None
    jurisdictions: tuple[str, ...]
    region: str
    account: str
    network: dict[str, pulumi.Input[Any]]
    workloads: dict[str, WorkloadRight]
    protect: bool
    force_destroy: bool
    labels: dict[str, str]


@dataclass(frozen=True)
class ObjectStoreOutputs:
    """What a backend gives back."""

    url: pulumi.Output[str]
    """Where clients read and write: s3://…, gs://…, abfss://container@account…, file:///…"""
    id: pulumi.Output[str]
    """The platform's id of the bucket."""
    key_ring: pulumi.Output[str]
    """The key ring with which clients encrypt; empty where the platform does it for them."""
    authority: pulumi.Output[str] | None = None
    """The certificate by which clients know its address, as PEM. Default: none, public authorities vouch for it."""


class ObjectStore(pulumi.ComponentResource):
    """One encrypted bucket."""

    url: pulumi.Output[str]
    """Where clients read and write: s3://…, gs://…, abfss://container@account…, file:///…"""
    bucket_id: pulumi.Output[str]
    """The platform's id of the bucket."""
    key_ring: pulumi.Output[str]
    """The key ring with which clients encrypt; empty where the platform does it for them."""
    authority: pulumi.Output[str]
    """The certificate by which clients know its address, as PEM; empty where public authorities vouch for it."""

    def __init__(self, name: str, args: ObjectStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("causeway:index:ObjectStore", name, dict(args), opts)
        spec = parse(args)
        there = backend("object_store", spec.platform)
        if spec.tiering not in (offered := getattr(there, "TIERING", TIERING[:1])):
            found = Problem("tiering", f"given {spec.tiering!r} on {spec.platform}", ", ".join(offered))
            raise ProblemsError(f"ObjectStore {name!r} can't be built", [found])
        made = there.build(name, spec, pulumi.ResourceOptions(parent=self))
        self.url, self.bucket_id, self.key_ring = made.url, made.id, made.key_ring
        self._vouched: pulumi.Output[str] | None = made.authority
        self.authority = made.authority or pulumi.Output.from_input("")
        self.register_outputs(
            {
                "url": self.url,
                "bucket_id": self.bucket_id,
                "key_ring": self.key_ring,
                "authority": self.authority,
            }
        )

    def vouched(self) -> pulumi.Output[str] | None:
        """Give the certificate where one is needed, plain, since it decides what a pod mounts."""
        return self._vouched


def parse(args: ObjectStoreArgs | dict[str, Any]) -> ObjectStoreSpec:
    """Check the arguments and fill in defaults.

    Raises:
        ProblemsError: Carries every mistake at once.
    """
    reader = Reader("ObjectStore", args, ObjectStoreArgs.__annotations__)
    spec = ObjectStoreSpec(
        platform=reader.platform(),
        data_class=reader.text("data_class"),
        encryption=reader.choice("encryption", ENCRYPTION, "customer-managed"),
        key=reader.flowing("key"),
        versioning=reader.flag("versioning", default=True),
        noncurrent_versions=reader.whole_or_none("noncurrent_versions", 1, 1_000_000),
        noncurrent_days=reader.whole_or_none("noncurrent_days", 1, _YEARS_10),
        expire_days=reader.whole_or_none("expire_days", 1, _YEARS_10),
        archive_days=reader.whole_or_none("archive_days", 1, _YEARS_10),
        tiering=reader.choice("tiering", TIERING, "by-age"),
        lock_days=reader.whole_or_none("lock_days", 1, _YEARS_10),
        replica_region=reader.text("replica_region", "") or None,
        replica_key=reader.flowing("replica_key"),
        jurisdictions=tuple(reader.listed("jurisdictions")) or ("any",),
        region=reader.text("region", ""),
        account=reader.text("account", ""),
        network=reader.mapping("network"),
        workloads={name: _right(name, right, reader) for name, right in reader.mapping("workloads").items()},
        protect=reader.flag("protect", default=False),
        force_destroy=reader.flag("force_destroy", default=False),
        labels=reader.mapping("labels"),
    )
    if spec.encryption != "none" and spec.key is None:
        reader.refuse("key", "is missing", "a key of KeyRing.keys, since encryption is customer-managed")
    if spec.replica_region and spec.replica_key is None:
        reader.refuse(
            "replica_key", "is missing", "a key of KeyRing.replicas, since there is a replica_region"
        )
    if spec.tiering == "by-use" and spec.archive_days:
        reader.refuse(
            "archive_days", "given with tiering by-use", "one of the two: both would move the objects"
        )
    if spec.lock_days and not spec.versioning:
        reader.refuse("versioning", "given False with lock_days", "true: a lock needs versions")
    reader.done()
    return spec


def _right(name: str, args: dict[str, Any], outer: Reader) -> WorkloadRight:
    reader = outer.inside(f"workloads.{name}", args, WorkloadRightArgs.__annotations__)
    prefix = reader.text("prefix", "").strip("/")
    return WorkloadRight(reader.choice("access", ACCESS), prefix, reader.text("stack", ""))
