"""`causeway up` on the real engine: what holds data is not lost without a word."""

from pathlib import Path

import pytest
import yaml
from clone import Clone, make

from console.exits import Exit

pytestmark = pytest.mark.engine


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """Give a clone whose local stack is one store."""
    found = make(tmp_path / "clone")
    write(found, "artifacts")
    return found


def write(clone: Clone, store: str, **more: object) -> None:
    """Write the local stack with one store."""
    file = clone.stack_file("local")
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    kept = {
        key: value
        for key, value in document["config"].items()
        if key not in {"causeway:training", "causeway:serving", "causeway:may_lose"}
    }
    kept["causeway:stores"] = {store: {"data_class": "public-text", "force_destroy": True}}
    document["config"] = {**kept, **{f"causeway:{key}": value for key, value in more.items()}}
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def test_a_renamed_store_is_not_lost_without_a_word(clone: Clone) -> None:
    """Under a new name the old store would go: the run stops before anything changes, and goes on with the word."""
    clone.json("up")
    marker = clone.home / "stacks" / "local" / "buckets" / "artifacts"
    assert marker.is_dir()
    write(clone, "weights")
    refused = clone.causeway("up")
    assert refused.returncode == Exit.POLICY
    assert "would replace or delete Bucket artifacts" in refused.stderr
    assert "may_lose: [artifacts]" in refused.stderr
    assert marker.is_dir()
    write(clone, "weights", may_lose=["artifacts"])
    clone.json("up")
    assert not marker.exists()
    clone.json("down")
