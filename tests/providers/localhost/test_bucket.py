"""A declared bucket comes, changes in place, is repaired and goes, and never takes objects with it by accident."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from providers.base.errors import ProviderError
from providers.base.resource import Context
from providers.localhost.bucket import Bucket, BucketInputs, BucketState, Lifecycle
from workloads.store import KeyRing, Store

URN = "urn:pulumi:dev::trial::localhost:index:Bucket::data"
RESOURCE = Bucket()

Wanted = Callable[..., BucketInputs]


def context(urn: str = URN, said: list[str] | None = None) -> Context:
    """Give an operation's context."""
    heard = [] if said is None else said
    return Context(urn, lambda severity, text: heard.append(f"{severity}: {text}"), lambda text: None)


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    """Give a new key ring."""
    return KeyRing.create(tmp_path / "ring")


@pytest.fixture
def wanted(tmp_path: Path, ring: KeyRing) -> Wanted:
    """Give a maker of inputs for one sealed bucket."""

    def make(**given: Any) -> BucketInputs:
        return BucketInputs(**{"url": (tmp_path / "bucket").as_uri(), "key_ring": str(ring.path), **given})

    return make


@pytest.fixture
def made(wanted: Wanted) -> BucketState:
    """Give a new sealed bucket."""
    return RESOURCE.create(context(), wanted()).state


def opened(state: BucketState) -> Store:
    """Open the bucket as a workload does."""
    return Store.open(state.url, state.key_ring)


def test_a_bucket_is_made_for_workloads_and_read_back_the_same(wanted: Wanted, ring: KeyRing) -> None:
    """Settings reach the manifest, objects go in sealed, and reading finds no drift, with objects in it also."""
    inputs = wanted(
        versioning=True,
        lifecycle=Lifecycle(noncurrent_versions=3, expire_days=365),
        data_class="personal",
        labels={"team": "vision"},
    )
    created = RESOURCE.create(context(), inputs)
    client = opened(created.state)
    assert client.manifest.versioning
    assert client.manifest.lifecycle.noncurrent_versions == 3
    assert (client.manifest.data_class, client.manifest.labels) == ("personal", {"team": "vision"})
    client.put("a", b"content")
    assert RESOURCE.read(context(), created.id, created.state) == created.state
    assert RESOURCE.diff(context(), created.state, inputs) == []
    assert ring.users() == (inputs.url,)


def test_encryption_and_key_ring_go_together(wanted: Wanted) -> None:
    """A sealed bucket needs a ring, a plain one none; each mistake is told at its property."""
    assert RESOURCE.check(context(), wanted()) == []
    assert RESOURCE.check(context(), wanted(encryption="none", key_ring=None)) == []
    for wrong in (wanted(key_ring=None), wanted(encryption="none")):
        (problem,) = RESOURCE.check(context(), wrong)
        assert problem.path == ("keyRing",)


@pytest.mark.parametrize("url", ["s3://bucket", "relative", "file://host/x", "/data"])
def test_only_a_folder_of_this_machine_is_an_address(url: str) -> None:
    """Any other address is refused with the form to write."""
    with pytest.raises(ValidationError, match="file:///data/bucket"):
        BucketInputs(url=url)


def test_an_interrupted_create_is_adopted_with_its_objects(wanted: Wanted, made: BucketState) -> None:
    """The same resource finds its bucket again and brings it to the inputs."""
    opened(made).put("a", b"content")
    again = RESOURCE.create(context(), wanted(versioning=True)).state
    assert again.bucket_id == made.bucket_id
    assert opened(again).manifest.versioning
    assert opened(again).get("a") == b"content"


def test_folders_of_others_are_not_taken(wanted: Wanted, made: BucketState, tmp_path: Path) -> None:
    """A folder with files, another resource's bucket, and an own one under another ring are left alone."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("x")
    with pytest.raises(ProviderError, match=r"not empty, it holds thesis\.tex"):
        RESOURCE.create(context(), wanted(url=(tmp_path / "mine").as_uri()))
    with pytest.raises(
        ProviderError, match=rf"already, of {URN}.*pulumi import localhost:index:Bucket other {made.url},"
    ):
        RESOURCE.create(context(URN.replace("::data", "::other")), wanted())
    other = KeyRing.create(tmp_path / "other")
    with pytest.raises(ProviderError, match=f"sealed under ring {made.ring_id}"):
        RESOURCE.create(context(), wanted(key_ring=str(other.path)))


def test_settings_change_in_place(wanted: Wanted, made: BucketState) -> None:
    """Versioning, lifecycle and labels are rewritten; objects, id and ring stay, and the lifecycle is applied."""
    with_versions = RESOURCE.update(context(), made.url, made, wanted(versioning=True))
    for content in (b"1", b"2", b"3"):
        opened(with_versions).put("a", content)
    said: list[str] = []
    fewer = wanted(versioning=True, lifecycle=Lifecycle(noncurrent_versions=1), labels={"x": "y"})
    after = RESOURCE.update(context(said=said), made.url, with_versions, fewer)
    assert [v.size for v in opened(after).versions("a")] == [1, 1]
    assert opened(after).get("a") == b"3"
    assert said == ["info: the lifecycle removed 0 objects and 1 older versions"]
    assert RESOURCE.read(context(), made.url, after) == after
    assert (after.bucket_id, after.ring_id) == (made.bucket_id, made.ring_id)


def test_a_bucket_with_objects_is_not_deleted(
    wanted: Wanted, made: BucketState, tmp_path: Path, ring: KeyRing
) -> None:
    """Objects, and older versions alone too, stop a delete until forceDestroy; then folder and registration go."""
    state = RESOURCE.update(context(), made.url, made, wanted(versioning=True))
    client = opened(state)
    client.put("runs/model", b"weeks of work")
    with pytest.raises(
        ProviderError, match="still holds objects, such as runs/model; delete them, or set forceDestroy"
    ):
        RESOURCE.delete(context(), state.url, state)
    client.delete("runs/model")
    with pytest.raises(ProviderError, match="still holds objects"):
        RESOURCE.delete(context(), state.url, state)
    forced = RESOURCE.update(context(), state.url, state, wanted(versioning=True, force_destroy=True))
    RESOURCE.delete(context(), forced.url, forced)
    assert not (tmp_path / "bucket").exists()
    assert ring.users() == ()
    RESOURCE.delete(context(), forced.url, forced)


def test_an_empty_bucket_goes_without_force(made: BucketState, tmp_path: Path) -> None:
    """A bucket that was used and emptied, with the client's own files left, is deleted."""
    opened(made).put("a", b"x")
    opened(made).delete("a")
    RESOURCE.delete(context(), made.url, made)
    assert not (tmp_path / "bucket").exists()


def test_a_removed_folder_is_gone_and_another_bucket_is_not_ours(made: BucketState, tmp_path: Path) -> None:
    """Reading finds neither; deleting leaves another's bucket, and updating asks for a refresh."""
    RESOURCE.delete(context(), made.url, made)
    assert RESOURCE.read(context(), made.url, made) is None
    with pytest.raises(ProviderError, match="is gone; run `pulumi refresh`"):
        RESOURCE.update(context(), made.url, made, BucketInputs(url=made.url, key_ring=made.key_ring))
    Store.create(made.url).put("theirs", b"x")
    assert RESOURCE.read(context(), made.url, made) is None
    RESOURCE.delete(context(), made.url, made.model_copy(update={"force_destroy": True}))
    assert (tmp_path / "bucket" / "theirs").read_bytes() == b"x"


@pytest.mark.parametrize("damage", ["missing", "cut", "downgraded", "other ring"])
def test_a_damaged_manifest_is_drift_and_written_anew(
    wanted: Wanted, made: BucketState, tmp_path: Path, damage: str
) -> None:
    """A manifest that is lost, cut or was edited to plain bytes shows on refresh; the update restores the bucket."""
    opened(made).put("a", b"content")
    file = tmp_path / "bucket" / ".causeway" / "bucket.json"
    document = json.loads(file.read_bytes())
    match damage:
        case "missing":
            file.unlink()
        case "cut":
            file.write_bytes(file.read_bytes()[:50])
        case "downgraded":
            file.write_text(json.dumps(document | {"encryption": "none", "keyRing": None}))
        case _:
            file.write_text(json.dumps(document | {"keyRing": "ab" * 16}))
    seen = RESOURCE.read(context(), made.url, made)
    assert seen is not None
    assert seen.status == "damaged"
    assert RESOURCE.diff(context(), seen, wanted()) == ["status"]
    assert RESOURCE.update(context(), made.url, seen, wanted()) == made
    assert opened(made).get("a") == b"content"


def test_edited_settings_are_drift_of_those_properties(made: BucketState, tmp_path: Path) -> None:
    """What someone changed in the manifest by hand is what a refresh shows."""
    file = tmp_path / "bucket" / ".causeway" / "bucket.json"
    edited = json.loads(file.read_bytes()) | {"versioning": True, "lifecycle": {"expireDays": 1}}
    file.write_text(json.dumps(edited))
    seen = RESOURCE.read(context(), made.url, made)
    assert seen is not None
    before = made.bag()
    drift = {name: value for name, value in seen.bag().items() if before[name] != value}
    assert drift == {"versioning": True, "lifecycle": {"expireDays": 1}}


def test_a_bucket_is_imported_with_its_ring(made: BucketState) -> None:
    """The id of an import names the folder and the ring; without state, all settings come from the manifest."""
    assert RESOURCE.read(context(), f"{made.url},{made.key_ring}", None) == made


def test_the_ring_of_a_bucket_must_open(wanted: Wanted, tmp_path: Path) -> None:
    """A missing ring is told before anything is made."""
    with pytest.raises(ProviderError, match="there is no key ring"):
        RESOURCE.create(context(), wanted(key_ring=str(tmp_path / "nowhere")))
    assert not (tmp_path / "bucket").exists()
