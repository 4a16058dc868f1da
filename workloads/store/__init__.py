"""The encrypted store: objects of a bucket, the same on a laptop and in any cloud; it needs no torch.

    ring = KeyRing.create("/data/keys")
    store = Store.create("file:///data/bucket", ring, versioning=True)
    store.put("runs/pretrain/latest", b"step-100")
    with store.writer("runs/pretrain/step-100.bin") as stream:
        stream.write(shard)

`python -m workloads.store ls URL --key-ring FOLDER` is the same for operators.
"""

from workloads.store.errors import (
    DamagedError,
    ExposedError,
    ForbiddenError,
    KeyRingError,
    NoSpaceError,
    NotFoundError,
    StoreError,
    UnreachableError,
)
from workloads.store.history import Version
from workloads.store.key_ring import Key, KeyRing
from workloads.store.manifest import Lifecycle, Manifest
from workloads.store.store import Info, Store, Swept

__all__ = [
    "DamagedError",
    "ExposedError",
    "ForbiddenError",
    "Info",
    "Key",
    "KeyRing",
    "KeyRingError",
    "Lifecycle",
    "Manifest",
    "NoSpaceError",
    "NotFoundError",
    "Store",
    "StoreError",
    "Swept",
    "UnreachableError",
    "Version",
]
