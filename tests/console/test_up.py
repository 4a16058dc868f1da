"""`causeway up` on the real engine: what holds data is not lost without a word, nothing begins that can not stand."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from clone import Clone, make

from console.exits import Exit
from console.rehearse.standins import StandIns
from providers.rehearsal.account import Account

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


QUEUED = {"nodes": 0, "max_nodes": 1, "capacity": {"flex-start": {"max_run": "2h", "queued": True}}}


@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        (
            {"cluster": {"pools": {"gpu": QUEUED}}},
            Exit.GENERIC,
            "gpu.capacity.flex-start: is queued",
        ),
        ({"budget": {"monthly_usd": 1}}, Exit.POLICY, "stopped by stack-stays-under-its-cap"),
    ],
    ids=["what its platform can't make", "what a judge refuses"],
)
def test_the_first_up_of_a_cloud_makes_nothing_of_what_can_not_stand(
    tmp_path: Path, change: dict[str, Any], code: Exit, text: str
) -> None:
    """What only the platform's file or the pack finds is found before the first resource, not after the network."""
    clone = make(tmp_path / "clone")
    file = clone.stack_file("gcp-dev")
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    document["config"] = merged(document["config"], {f"causeway:{key}": part for key, part in change.items()})
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    with StandIns(tmp_path / "account", packages=["gcp", "kubernetes", "random"]) as standins:
        command = [str(clone.python), "-m", "console", "up", "gcp-dev"]
        done = clone.run(command, timeout=280, extra={"PULUMI_DEBUG_PROVIDERS": standins.attached})
        account = Account(standins.account)
        made = [record.urn for record in account.all()]
        account.close()
    assert (done.returncode, made) == (code, []), done.stdout + done.stderr
    assert text in done.stderr


def merged(old: Any, new: Any) -> Any:
    """Lay one document over another."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return {key: merged(old.get(key), new[key]) if key in new else old[key] for key in {**old, **new}}
