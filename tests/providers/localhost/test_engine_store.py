"""Key rings and buckets through the real engine and the real plugin process."""

import json
from pathlib import Path
from typing import Any

import pulumi
import pytest

from providers.localhost import sdk
from workloads.store import Store

pytestmark = pytest.mark.engine


class Declared:
    """A ring and a bucket below one folder, as a program declares them."""

    def __init__(self, folder: Path) -> None:
        self.ring = folder / "keys" / "personal"
        self.bucket = folder / "buckets" / "data"

    def __call__(self, generation: int = 1, **bucket: Any) -> None:
        """Declare both, and export what they say."""
        ring = sdk.KeyRing("keys", sdk.KeyRingArgs(path=str(self.ring), generation=generation))
        given = {
            "url": self.bucket.as_uri(),
            "key_ring": ring.path,
            "encryption": "customer-managed",
            **bucket,
        }
        made = sdk.Bucket("data", sdk.BucketArgs(**given))
        pulumi.export("url", made.url)
        pulumi.export("keys", ring.key_ids)

    def open(self) -> Store:
        """Open the bucket as a workload does."""
        return Store.open(self.bucket.as_uri(), self.ring)


def keysets(ring: Path) -> list[str]:
    """Give the keys of a ring as its files hold them."""
    return [json.loads((ring / name).read_bytes())["keyset"] for name in ("kek.json", "data.json")]


def test_life(live_stack: Any, tmp_path: Path) -> None:
    """Made, unchanged by a second up though objects came, rotated, changed in place, kept while full, then removed."""
    declared = Declared(tmp_path)
    live_stack.run("up", declared)
    assert live_stack.outputs()["url"] == declared.bucket.as_uri()
    declared.open().put("runs/pretrain/latest", b"step-100")
    live_stack.run("up", expect_no_changes=True, refresh=True)

    live_stack.run("up", lambda: declared(generation=2, versioning=True, force_destroy=False))
    assert "~ 2 updated" in live_stack.output
    assert len(live_stack.outputs()["keys"]) == 2
    assert declared.open().get("runs/pretrain/latest") == b"step-100"
    assert not [keyset for keyset in keysets(declared.ring) if keyset[:24] in live_stack.state()]

    assert "still holds objects, such as runs/pretrain/latest" in live_stack.fails("destroy")
    assert declared.open().get("runs/pretrain/latest") == b"step-100"
    live_stack.run("up", lambda: declared(generation=2, versioning=True, force_destroy=True))
    live_stack.run("destroy")
    assert not declared.bucket.exists()
    assert not declared.ring.exists()


def test_drift_is_found_and_put_right(live_stack: Any, tmp_path: Path) -> None:
    """Rights given to others and an edited manifest show on refresh; the next up puts them right."""
    declared = Declared(tmp_path)
    live_stack.run("up", declared)
    (declared.ring / "kek.json").chmod(0o644)
    manifest = declared.bucket / ".causeway" / "bucket.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_bytes()) | {"versioning": True}))
    live_stack.run("refresh")
    assert "~ 2 updated" in live_stack.output
    live_stack.run("up")
    assert "~ 2 updated" in live_stack.output
    assert not declared.open().manifest.versioning
