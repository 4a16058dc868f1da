"""The neutral shape of a key ring."""

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi

from components.reading import Reader
from infra.platforms import Platform, backend


class KeyRingArgs(TypedDict):
    """Keys of one environment, one a class of data, and on clouds one a purpose of the platform itself."""

    platform: str
    """Where: aws, gcp, azure, onprem or local."""
    rotation_days: dict[str, int]
    """The longest time between two rotations, in days (1 to 730), by class of data; its keys name the classes."""
    generation: NotRequired[int]
    """Raise it by one to rotate every key now. Default: 1."""
    hardware: NotRequired[bool]
    """Keep keys in a hardware module where the platform has one. Default: false."""
    deletion_days: NotRequired[int]
    """How long a deleted key can be brought back, in days (7 to 30). Default: 30."""
    protect: NotRequired[bool]
    """Refuse to delete the keys. Default: false."""
    account: NotRequired[str]
    """The account whose rights the keys follow. Required on clouds."""
    region: NotRequired[str]
    """The platform's name of the region. Required on clouds."""
    jurisdictions: NotRequired[dict[str, list[str]]]
    """Where the keys of a class may be, for example `eu`, by class of data. Default: anywhere."""
    replica_regions: NotRequired[dict[str, list[str]]]
    """More regions in which the key of a class is usable, by class of data. Default: none."""
    labels: NotRequired[dict[str, str]]
    """Labels for every key, in the platform's spelling. Default: none."""


@dataclass(frozen=True)
class KeyRingSpec:
    """The checked form of `KeyRingArgs`, every field present."""

    platform: Platform
    rotation_days: dict[str, int]
    generation: int
    hardware: bool
    deletion_days: int
    protect: bool
    account: str
    region: str
    jurisdictions: dict[str, list[str]]
    replica_regions: dict[str, list[str]]
    labels: dict[str, str]


@dataclass(frozen=True)
class KeyRingOutputs:
    """What a backend gives back."""

    keys: dict[str, pulumi.Output[str]]
    """By class of data: what other capabilities name as the key (an ARN, a resource id, a folder)."""
    purposes: dict[str, pulumi.Output[str]]
    """By purpose of the platform itself, `logs` and `cluster`; empty on this machine."""
    replicas: dict[str, pulumi.Output[str]]
    """The key of a class in another region, by `class/region`."""


class KeyRing(pulumi.ComponentResource):
    """Keys for every class of data."""

    keys: pulumi.Output[dict[str, str]]
    """By class of data: the key's ARN, resource name, or folder on this machine."""
    purposes: pulumi.Output[dict[str, str]]
    """By purpose of the platform itself, `logs` and `cluster`; empty on this machine."""
    replicas: pulumi.Output[dict[str, str]]
    """The key of a class in another region, by `class/region`."""

    def __init__(self, name: str, args: KeyRingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("causeway:index:KeyRing", name, dict(args), opts)
        spec = parse(args)
        made = backend("key_ring", spec.platform).build(name, spec, pulumi.ResourceOptions(parent=self))
        self.keys = pulumi.Output.all(**made.keys).apply(dict)
        self.purposes = pulumi.Output.all(**made.purposes).apply(dict)
        self.replicas = pulumi.Output.all(**made.replicas).apply(dict)
        self.register_outputs({"keys": self.keys, "purposes": self.purposes, "replicas": self.replicas})


def parse(args: KeyRingArgs | dict[str, Any]) -> KeyRingSpec:
    """Check the arguments and fill in defaults.

    Raises:
        ProblemsError: Carries every mistake at once.
    """
    reader = Reader("KeyRing", args, KeyRingArgs.__annotations__)
    days = reader.mapping("rotation_days")
    periods = reader.inside("rotation_days", days, days)
    spec = KeyRingSpec(
        platform=reader.platform(),
        rotation_days={name: periods.whole(name, None, 1, 730) for name in sorted(days)},
        generation=reader.whole("generation", 1, 1, 1_000_000),
        hardware=reader.flag("hardware", default=False),
        deletion_days=reader.whole("deletion_days", 30, 7, 30),
        protect=reader.flag("protect", default=False),
        account=reader.text("account", ""),
        region=reader.text("region", ""),
        jurisdictions=reader.mapping("jurisdictions"),
        replica_regions=reader.mapping("replica_regions"),
        labels=reader.mapping("labels"),
    )
    if not days:
        reader.refuse("rotation_days", "names no class of data", "at least one")
    for field in ("jurisdictions", "replica_regions"):
        reader.inside(field, reader.mapping(field), days)  # notes classes that do not exist
    reader.done()
    return spec
