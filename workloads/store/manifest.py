"""The manifest: what a bucket is, in one small JSON file at its root that the client honours."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal, Self, cast, get_args

from workloads.store.errors import DamagedError, StoreError

FORMAT = 1

Encryption = Literal["customer-managed", "none"]


@dataclass(frozen=True)
class Lifecycle:
    """What is removed by itself. A noncurrent version goes as soon as one of its two limits is passed."""

    noncurrent_versions: int | None = None
    """Noncurrent versions to keep of each object, the newest; None keeps all."""
    noncurrent_days: float | None = None
    """Days to keep a version after it was replaced or deleted; None keeps it for ever."""
    expire_days: float | None = None
    """Days after which an object is deleted; None never."""

    def __post_init__(self) -> None:
        for name in ("noncurrent_versions", "noncurrent_days", "expire_days"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise StoreError(f"lifecycle {name}: {value} given; write a number from 0, or leave it out")


@dataclass(frozen=True)
class Manifest:
    """What the creator of a bucket decided."""

    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    """32 hexadecimal digits, bound into each sealed object; it never changes."""
    owner: str = ""
    """Who made the bucket: the resource's URN, or empty."""
    encryption: Encryption = "none"
    """customer-managed: sealed by the client under a key ring. none: plain bytes."""
    key_ring: str | None = None
    """Id of the key ring, with customer-managed encryption."""
    versioning: bool = False
    """Whether a replaced or deleted object is kept as a noncurrent version."""
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    """What is removed by itself."""
    data_class: str | None = None
    """What kind of data it may hold, in the creator's words."""
    labels: dict[str, str] = field(default_factory=dict)
    """Free words of the creator."""

    def __post_init__(self) -> None:
        if (self.encryption == "customer-managed") != (self.key_ring is not None):
            raise StoreError(
                f"encryption {self.encryption!r} with key ring {self.key_ring!r}: each needs the other"
            )

    def to_bytes(self) -> bytes:
        """Write the manifest as JSON."""
        lifecycle = {_CAMEL[name]: value for name, value in vars(self.lifecycle).items() if value is not None}
        document = {
            "format": FORMAT,
            "id": self.id,
            "owner": self.owner,
            "encryption": self.encryption,
            "keyRing": self.key_ring,
            "versioning": self.versioning,
            "lifecycle": lifecycle,
            "dataClass": self.data_class,
            "labels": self.labels,
        }
        return json.dumps(document, indent=1).encode()

    @classmethod
    def from_bytes(cls, data: bytes, where: str) -> Self:
        """Read the manifest of the bucket at `where`.

        Raises:
            DamagedError: it is not a manifest, or of a format that this client does not know.
        """
        try:
            return cls(**_fields(json.loads(data)))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise DamagedError(
                f"{where}: the bucket's manifest can't be read: {error!r}; restore or replace it"
            ) from None


_CAMEL = {
    "noncurrent_versions": "noncurrentVersions",
    "noncurrent_days": "noncurrentDays",
    "expire_days": "expireDays",
}


def _fields(document: dict[str, Any]) -> dict[str, Any]:
    if document["format"] != FORMAT:
        raise StoreError(f"format {document['format']!r}, this client reads {FORMAT}")
    if document["encryption"] not in get_args(Encryption):
        raise StoreError(f"encryption {document['encryption']!r}, allowed {' | '.join(get_args(Encryption))}")
    uuid.UUID(document["id"])
    lifecycle = {name: document["lifecycle"].get(camel) for name, camel in _CAMEL.items()}
    return {
        "id": document["id"],
        "owner": str(document["owner"]),
        "encryption": cast("Encryption", document["encryption"]),
        "key_ring": document["keyRing"],
        "versioning": bool(document["versioning"]),
        "lifecycle": Lifecycle(**lifecycle),
        "data_class": document.get("dataClass"),
        "labels": dict(document["labels"]),
    }
