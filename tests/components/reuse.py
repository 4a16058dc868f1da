"""The program that docs/reuse.md shows: types are checked here, by `make lint`."""

import pulumi

from components.key_ring.shape import KeyRing
from components.object_store.shape import ObjectStore

ring = KeyRing(
    "ring",
    {
        "platform": "aws",
        "region": "eu-north-1",
        "account": "123456789012",
        "rotation_days": {"text": 90},
        "jurisdictions": {"text": ["eu"]},
    },
)
store = ObjectStore(
    "store",
    {
        "platform": "aws",
        "region": "eu-north-1",
        "account": "123456789012",
        "data_class": "text",
        "key": ring.keys["text"],
        "jurisdictions": ["eu"],
    },
)
pulumi.export("url", store.url)
