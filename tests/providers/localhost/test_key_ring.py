"""A declared key ring comes, rotates, is repaired and goes."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from providers.base.errors import ProviderError
from providers.base.resource import Context
from providers.localhost.key_ring import KeyRing, KeyRingInputs
from workloads import store
from workloads.store import Store

URN = "urn:pulumi:dev::trial::localhost:index:KeyRing::keys"
RESOURCE = KeyRing()


@dataclass
class Engine:
    """Stands where the engine listens, and keeps what it is told."""

    urn: str = URN
    said: list[str] = field(default_factory=list)

    @property
    def ctx(self) -> Context:
        """Give an operation's context."""
        return Context(
            self.urn, lambda severity, text: self.said.append(f"{severity}: {text}"), lambda text: None
        )


@pytest.fixture
def engine() -> Engine:
    """Give an engine that listens."""
    return Engine()


@pytest.fixture
def wanted(tmp_path: Path) -> Callable[..., KeyRingInputs]:
    """Give a maker of inputs for one folder."""
    return lambda **given: KeyRingInputs(path=str(tmp_path / "keys" / "personal"), **given)


Wanted = Callable[..., KeyRingInputs]


def test_a_ring_is_made_and_read_back_the_same(engine: Engine, wanted: Wanted) -> None:
    """What create says is what read sees, and nothing is to be done; no key material is in the state."""
    made = RESOURCE.create(engine.ctx, wanted())
    assert RESOURCE.read(engine.ctx, made.id, made.state) == made.state
    assert RESOURCE.diff(engine.ctx, made.state, wanted()) == []
    ring = store.KeyRing.open(made.id)
    assert (made.state.ring_id, made.state.primary_key_id) == (ring.id, ring.primary.id)
    stored = "".join(path.read_text() for path in Path(made.id).glob("*.json"))
    secrets = [json.loads(path.read_text()).get("keyset") for path in Path(made.id).glob("[dk]*.json")]
    assert len(secrets) == 2
    assert not any(secret in json.dumps(made.state.bag()) for secret in secrets)
    assert made.state.ring_id in stored


def test_an_interrupted_create_is_adopted(engine: Engine, wanted: Wanted) -> None:
    """The same resource finds the ring that it made before; it makes no second one."""
    first = RESOURCE.create(engine.ctx, wanted())
    assert RESOURCE.create(engine.ctx, wanted()) == first


def test_a_ring_of_someone_else_is_not_taken(engine: Engine, wanted: Wanted) -> None:
    """Another resource's ring is left alone, and the way to take it over is told."""
    made = RESOURCE.create(engine.ctx, wanted())
    other = Engine(URN.replace("::keys", "::others"))
    with pytest.raises(
        ProviderError, match=f"already, of {URN}.*pulumi import localhost:index:KeyRing others"
    ):
        RESOURCE.create(other.ctx, wanted())
    assert RESOURCE.read(other.ctx, made.id, None) == made.state


def test_a_higher_generation_rotates_once(engine: Engine, wanted: Wanted) -> None:
    """Raising the generation makes one new primary, also when the update is asked for twice; old keys stay."""
    made = RESOURCE.create(engine.ctx, wanted())
    after = RESOURCE.update(engine.ctx, made.id, made.state, wanted(generation=4))
    assert after.primary_key_id != made.state.primary_key_id
    assert after.key_ids == [made.state.primary_key_id, after.primary_key_id]
    assert RESOURCE.update(engine.ctx, made.id, made.state, wanted(generation=4)) == after
    assert RESOURCE.read(engine.ctx, made.id, after) == after


def test_a_lower_generation_is_an_error(engine: Engine, wanted: Wanted) -> None:
    """A rotation can't be undone, and the number to write is told."""
    made = RESOURCE.create(engine.ctx, wanted(generation=3))
    with pytest.raises(ProviderError, match="generation: 2 given, but the ring is at 3"):
        RESOURCE.update(engine.ctx, made.id, made.state, wanted(generation=2))


def test_an_old_primary_is_due_and_rotated_once(
    engine: Engine, wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past its days the diff names rotatedAt; the update rotates, and the next diff is empty."""

    class LongAgo(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # only UTC is asked for
            return datetime.now(UTC) - timedelta(days=91)

    with monkeypatch.context() as patch:
        patch.setattr(store.key_ring, "datetime", LongAgo)
        made = RESOURCE.create(engine.ctx, wanted())
    assert RESOURCE.diff(engine.ctx, made.state, wanted(rotation_days=92)) == []
    assert RESOURCE.diff(engine.ctx, made.state, wanted()) == ["rotatedAt"]
    after = RESOURCE.update(engine.ctx, made.id, made.state, wanted())
    assert len(after.key_ids) == 2
    assert RESOURCE.diff(engine.ctx, after, wanted()) == []
    again = RESOURCE.update(engine.ctx, made.id, made.state, wanted())
    assert again == after, "an update whose answer was lost does not rotate again"


def test_a_deleted_ring_is_gone(engine: Engine, wanted: Wanted) -> None:
    """A ring whose folder was removed, or that holds another ring now, is gone from the world."""
    made = RESOURCE.create(engine.ctx, wanted())
    store.key_ring.erase(Path(made.id))
    assert RESOURCE.read(engine.ctx, made.id, made.state) is None
    store.KeyRing.create(made.id)
    assert RESOURCE.read(engine.ctx, made.id, made.state) is None
    assert "is gone" in engine.said[-1]
    RESOURCE.delete(engine.ctx, made.id, made.state)
    assert store.KeyRing.open(made.id).id != made.state.ring_id, "another's ring is not deleted"


def test_an_exposed_ring_is_closed_again(engine: Engine, wanted: Wanted) -> None:
    """Rights of others are drift; the update takes them away and says that the keys may have been read."""
    made = RESOURCE.create(engine.ctx, wanted())
    (Path(made.id) / "kek.json").chmod(0o644)
    seen = RESOURCE.read(engine.ctx, made.id, made.state)
    assert seen is not None
    assert seen.status == "exposed"
    assert RESOURCE.diff(engine.ctx, seen, wanted()) == ["status"]
    after = RESOURCE.update(engine.ctx, made.id, seen, wanted())
    assert after == made.state
    assert "raise `generation`" in engine.said[-1]
    assert (Path(made.id) / "kek.json").stat().st_mode & 0o777 == 0o600


def test_a_damaged_ring_is_drift_that_only_a_backup_mends(engine: Engine, wanted: Wanted) -> None:
    """A damaged ring is neither taken for gone nor made anew: its keys may still be in a backup."""
    made = RESOURCE.create(engine.ctx, wanted())
    file = Path(made.id) / "data.json"
    backup = file.read_bytes()
    file.write_bytes(backup[:100])
    seen = RESOURCE.read(engine.ctx, made.id, made.state)
    assert seen is not None
    assert seen.status == "damaged"
    with pytest.raises(ProviderError, match="restore it from a backup"):
        RESOURCE.update(engine.ctx, made.id, seen, wanted())
    with pytest.raises(ProviderError, match="damaged"):
        RESOURCE.read(engine.ctx, made.id, None)
    file.write_bytes(backup)
    assert RESOURCE.update(engine.ctx, made.id, seen, wanted()) == made.state


def test_a_ring_in_use_is_kept(engine: Engine, wanted: Wanted, tmp_path: Path) -> None:
    """While a bucket is sealed under it a ring is not deleted; one whose bucket is lost is, and a damaged one too."""
    made = RESOURCE.create(engine.ctx, wanted())
    url = (tmp_path / "bucket").as_uri()
    ring = store.KeyRing.open(made.id)
    Store.create(url, ring)
    ring.register(url)
    with pytest.raises(ProviderError, match=f"still seals {url}"):
        RESOURCE.delete(engine.ctx, made.id, made.state)
    (tmp_path / "bucket" / ".causeway" / "bucket.json").unlink()
    (Path(made.id) / "data.json").write_bytes(b"")
    RESOURCE.delete(engine.ctx, made.id, made.state)
    RESOURCE.delete(engine.ctx, made.id, made.state)
    assert not Path(made.id).exists()


def test_a_folder_that_cannot_be_made_is_told(engine: Engine, tmp_path: Path) -> None:
    """What the disk refuses is an error of the resource, with the file."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(ProviderError, match="file"):
        RESOURCE.create(engine.ctx, KeyRingInputs(path=str(tmp_path / "file" / "keys")))
