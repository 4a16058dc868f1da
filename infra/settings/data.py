"""What data an environment holds: classes, stores, keys, file systems."""

from typing import Annotated, Literal

from pydantic import Field

from infra.settings.compute import Run
from infra.settings.section import Section

Days = Annotated[int, Field(ge=1, le=3650)]


class DataClass(Section):
    """A class of data and the promises that go with it."""

    jurisdictions: tuple[str, ...] = ("any",)
    """Where the data, its copies and its keys may be, for example `eu`. Default: anywhere."""
    rotation_days: Annotated[int, Field(ge=1, le=730)] = 90
    """The longest time between two rotations of its keys, in days. Default: 90."""
    personal: bool = False
    """Personal or health data: links that carry it must be encrypted. Default: false."""


class Keys(Section):
    """How keys are kept."""

    generation: Annotated[int, Field(ge=1)] = 1
    """Raise it by one to rotate every key now, on this machine and on premises; clouds have commands for it, which the
    refusal names. Default: 1."""
    hardware: bool = False
    """Keep keys in a hardware module where the platform has one. Default: false."""
    deletion_days: Annotated[int, Field(ge=7, le=30)] = 30
    """How long a deleted key can be brought back, in days. Default: 30."""
    protect: bool = False
    """Refuse to delete keys until this is set to false. Default: false."""


class Lifecycle(Section):
    """When old objects go away. Nothing goes away by default."""

    noncurrent_versions: Annotated[int, Field(ge=1)] | None = None
    """How many older versions of an object stay. Default: all."""
    noncurrent_days: Days | None = None
    """How long an older version stays, in days. Default: for ever."""
    expire_days: Days | None = None
    """How long an object stays, in days. Default: for ever."""
    archive_days: Days | None = None
    """When an object moves to the colder tier, in days; no effect on this machine. Default: never."""


def own_run(stack: str) -> str:
    """Give the folder of a stack that stands on another one, where none is named."""
    return f"runs/{stack}"


class Guest(Section):
    """What a stack that stands on a site's store may do there."""

    folder: Run | None = None
    """The one folder that it sees: its runs are there or below. Default: runs/ and the guest's name."""
    access: Literal["read", "write"] = "write"
    """write: it trains there, and serves what is there. read: it serves alone. Default: write."""

    def at(self, stack: str) -> str:
        """Give the folder of the guest of this name."""
        return self.folder or own_run(stack)


class Store(Section):
    """One object store (a bucket)."""

    data_class: str
    """The class of what it holds: a name from `data_classes`."""
    encryption: Literal["customer-managed", "none"] = "customer-managed"
    """Whose key encrypts it. `none` exists so that the policy can name it. Default: customer-managed."""
    versioning: bool = True
    """Keep older versions of objects. Default: true."""
    tiering: Literal["by-age", "by-use"] = "by-age"
    """What moves objects between tiers: their age, or their use where the platform watches it. Default: by-age."""
    lifecycle: Lifecycle = Lifecycle()
    """When old objects go away. Default: never."""
    protect: bool = False
    """Refuse to delete it until this is set to false. Default: false."""
    force_destroy: bool = False
    """Delete it with everything in it. Default: false."""
    lock_days: Days | None = None
    """No one can delete or change an object for so many days (write once). Default: no lock."""
    replica_region: str | None = None
    """Keep a copy in this region, which must lie in the data class's jurisdictions. Default: no copy."""
    guests: dict[str, Guest] = Field(default_factory=dict)
    """On premises: the stacks that may stand on it, by name, since a site's store names its users itself; on clouds a
    stack's own identities say so. Default: none."""


class Filesystem(Section):
    """A shared parallel file system for training data and checkpoints."""

    data_class: str
    """The class of what it holds: a name from `data_classes`."""
    capacity_gib: Annotated[int, Field(ge=1200)]
    """Its size in GiB; platforms round up to their step."""
    throughput_mbps_per_tib: int = 250
    """Throughput per TiB of storage, in MB/s. Default: 250."""
    store: str
    """The store that it imports from and exports to: a name from `stores`."""
    protect: bool = False
    """Refuse to delete it until this is set to false. Default: false."""
