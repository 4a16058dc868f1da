"""Key rings in private folders of this machine, one a class of data."""

import pulumi

from components.key_ring.shape import KeyRingOutputs, KeyRingSpec
from infra.paths import stack_home
from providers.localhost import sdk


def build(name: str, spec: KeyRingSpec, opts: pulumi.ResourceOptions) -> KeyRingOutputs:
    """Make one Tink key ring a class of data; a hardware module is not available here."""
    folder = stack_home(pulumi.get_stack()) / "keys"
    rings = {
        data_class: sdk.KeyRing(
            f"{name}-{data_class}",
            sdk.KeyRingArgs(path=str(folder / data_class), rotation_days=days, generation=spec.generation),
            opts,
        )
        for data_class, days in spec.rotation_days.items()
    }
    keys = {data_class: ring.path for data_class, ring in rings.items()}
    return KeyRingOutputs(keys=keys, purposes={}, replicas={})
