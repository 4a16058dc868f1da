"""The neutral shape of a key ring."""

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi

from components.reading import Reader
from infra.platforms import Platform, backend


class KeyRingArgs(TypedDict):
    """Keys of one environment, one a class of data."""

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
    labels: dict[str, str]


@dataclass(frozen=True)
class KeyRingOutputs:
    """What a backend gives back."""

    keys: dict[str, pulumi.Output[str]]
    """By class of data: what other capabilities name as the key (an ARN, a resource id, a folder)."""


class KeyRing(pulumi.ComponentResource):
    """Keys for every class of data."""

    keys: pulumi.Output[dict[str, str]]
    """By class of data: the key's ARN, resource name, or folder on this machine."""

    def __init__(self, name: str, args: KeyRingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("causeway:index:KeyRing", name, dict(args), opts)
        spec = parse(args)
        made = backend("key_ring", spec.platform).build(name, spec, pulumi.ResourceOptions(parent=self))
        self.keys = pulumi.Output.all(**made.keys).apply(dict)
        self.register_outputs({"keys": self.keys})


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
        labels=reader.mapping("labels"),
    )
    if not days:
        reader.refuse("rotation_days", "names no class of data", "at least one")
    reader.done()
    return spec
