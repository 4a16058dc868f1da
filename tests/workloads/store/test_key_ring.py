"""Keys rotate without loss, and an unsafe or broken ring says what is wrong."""

import json
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workloads.store import DamagedError, KeyRing, KeyRingError, NotFoundError, Store, StoreError, files


def test_a_ring_opens_as_it_was_made(ring: KeyRing) -> None:
    """Id, owner, generation, keys and dates are the same after opening."""
    opened = KeyRing.open(ring.path)
    assert (opened.id, opened.owner, opened.generation, opened.keys) == (ring.id, "", 1, ring.keys)
    assert [key.state for key in ring.keys] == ["primary"]
    assert (datetime.now(UTC) - ring.rotated_at).total_seconds() < 60


def test_all_of_a_ring_is_private(ring: KeyRing) -> None:
    """The folder is 0700 and each file 0600."""
    ring.register("file:///b")
    ring.rotate()
    assert ring.path.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in ring.path.iterdir()} == {0o600}


def test_rotation_keeps_old_objects_readable(ring: KeyRing, store: Store) -> None:
    """New objects are sealed by the new primary; those of every older key still open, in clients opened before too."""
    early = Store.open(store.url, ring.path)
    for number in range(4):
        store.put(f"{number}", f"content {number}".encode())
        ring.rotate()
    late = Store.open(store.url, ring.path)
    late.put("4", b"content 4")
    for reader in (early, store, late):
        assert [reader.get(f"{n}") for n in range(5)] == [f"content {n}".encode() for n in range(5)]
    assert [key.state for key in ring.keys] == ["enabled"] * 4 + ["primary"]


@settings(max_examples=8, deadline=None)
@given(steps=st.lists(st.sampled_from(["put", "rotate", "rewrap", "reopen"]), min_size=3, max_size=10))
def test_any_order_of_writes_and_rotations_is_readable(
    steps: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever the order of writing, rotating, re-wrapping and reopening, all that was written opens."""
    home = tmp_path_factory.mktemp("any")
    ring = KeyRing.create(home / "ring")
    store = Store.create((home / "bucket").as_uri(), ring)
    for number, step in enumerate(steps):
        match step:
            case "put":
                store.put(f"{number}", str(number).encode())
            case "reopen":
                ring = KeyRing.open(ring.path)
                store = Store.open(store.url, ring)
            case _:
                getattr(ring, step)()
    assert all(store.get(info.key) == info.key.encode() for info in store.list())


def test_a_new_key_encryption_key_forgets_the_old_one(ring: KeyRing, store: Store) -> None:
    """After a re-wrap the ring opens as before, and the old file of key-encryption keys opens nothing."""
    store.put("a", b"content")
    old = (ring.path / "kek.json").read_bytes()
    ring.rewrap()
    assert Store.open(store.url, ring.path).get("a") == b"content"
    files.replace(ring.path / "kek.json", old)
    with pytest.raises(DamagedError):
        KeyRing.open(ring.path)


@pytest.mark.parametrize("written", [0, 1, 2])
def test_a_rotation_that_is_cut_leaves_a_ring_that_opens(
    ring: KeyRing, store: Store, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    """After a crash before any of its writes, the ring opens what it sealed and can be rotated again."""
    store.put("a", b"content")
    left = written
    replace = files.replace

    def crash(path: Path, data: bytes) -> None:
        nonlocal left
        if left == 0:
            raise OSError("power cut")
        left -= 1
        replace(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(files, "replace", crash)
        with pytest.raises(OSError, match="power cut"):
            ring.rotate(generation=2)
    again = KeyRing.open(ring.path)
    assert Store.open(store.url, again).get("a") == b"content"
    again.rotate(generation=2)
    assert again.generation == 2
    assert len(again.keys) == 2
    assert Store.open(store.url, ring.path).get("a") == b"content"


def test_a_rotation_asked_for_twice_happens_once(ring: KeyRing) -> None:
    """A ring that has reached the generation asked for is left alone."""
    ring.rotate(generation=5)
    key = KeyRing.open(ring.path).rotate(generation=5)
    assert key == ring.primary
    assert (ring.generation, len(ring.keys)) == (5, 2)
    ring.rotate()
    assert (ring.generation, len(ring.keys)) == (5, 3)


def test_rings_can_be_opened_while_they_rotate(ring: KeyRing) -> None:
    """A reader between the steps of rotations by another thread always gets a whole ring, and no rotation is lost."""
    rotating = threading.Thread(target=lambda: [KeyRing.open(ring.path).rotate() for _ in range(10)])
    rotating.start()
    seen = 0
    while rotating.is_alive():
        seen = max(seen, len(KeyRing.open(ring.path).keys))
    rotating.join()
    assert len(KeyRing.open(ring.path).keys) == 11
    assert seen >= 1


def test_a_folder_that_others_can_read_is_refused_with_the_fix(ring: KeyRing) -> None:
    """Rights for group or others on the folder or a file are an error with the chmod that ends it."""
    for path in (ring.path, ring.path / "kek.json", ring.path / "data.json"):
        mode = path.stat().st_mode
        path.chmod(mode | 0o040)
        with pytest.raises(KeyRingError, match=f"{path}: others .* chmod 700"):
            KeyRing.open(ring.path)
        path.chmod(mode)
    assert KeyRing.open(ring.path).id == ring.id


def test_a_missing_ring_and_a_missing_file_are_told_apart(ring: KeyRing, tmp_path: Path) -> None:
    """No ring at all is not found; a ring without one of its files asks for the backup."""
    with pytest.raises(NotFoundError, match="there is no key ring"):
        KeyRing.open(tmp_path / "nowhere")
    (ring.path / "kek.json").unlink()
    with pytest.raises(KeyRingError, match=r"lacks kek\.json; restore"):
        KeyRing.open(ring.path)


@pytest.mark.parametrize("name", ["kek.json", "data.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 1, "ring": "x"}'])
def test_a_damaged_file_is_told(ring: KeyRing, name: str, content: bytes) -> None:
    """A file that is empty, cut or other JSON is damage, or of another ring."""
    files.replace(ring.path / name, content)
    with pytest.raises((DamagedError, KeyRingError), match=str(ring.path)):
        KeyRing.open(ring.path)


@pytest.mark.parametrize(
    ("field", "value"),
    [("generation", 9), ("owner", "me"), ("keys", []), ("keyset", "AAAA"), ("keyset", "%"), ("created", "x")],
)
def test_a_changed_field_of_the_data_keys_is_found(ring: KeyRing, field: str, value: object) -> None:
    """All that stands beside the wrapped keys is bound to them."""
    document = json.loads((ring.path / "data.json").read_bytes()) | {field: value}
    files.replace(ring.path / "data.json", json.dumps(document).encode())
    with pytest.raises(DamagedError, match="the key ring is damaged"):
        KeyRing.open(ring.path)


def test_files_of_two_rings_are_told_apart(ring: KeyRing, tmp_path: Path) -> None:
    """Files from the backups of two rings are not blamed on damage."""
    other = KeyRing.create(tmp_path / "other")
    shutil.copy(other.path / "data.json", ring.path / "data.json")
    with pytest.raises(KeyRingError, match="restore both from one backup"):
        KeyRing.open(ring.path)


def test_a_newer_format_asks_for_a_newer_client(ring: KeyRing) -> None:
    """A file of a later format is not misread."""
    document = json.loads((ring.path / "data.json").read_bytes()) | {"format": 2}
    files.replace(ring.path / "data.json", json.dumps(document).encode())
    with pytest.raises(KeyRingError, match="use a newer client"):
        KeyRing.open(ring.path)


def test_an_open_client_seals_by_the_new_primary(ring: KeyRing, store: Store, tmp_path: Path) -> None:
    """After a rotation by another process, a client that stayed open seals its next object by the new key."""
    store.put("before", b"x")
    fresh = KeyRing.open(ring.path).rotate()
    store.put("after", b"x")
    keys = {name: (tmp_path / "bucket" / name).read_bytes()[8:12].hex() for name in ("before", "after")}
    assert keys["after"] == fresh.id != keys["before"]


def test_a_client_whose_ring_was_deleted_writes_nothing(ring: KeyRing, store: Store) -> None:
    """An object that could never be opened is not written, and the old one stays."""
    store.put("a", b"old")
    KeyRing.open(ring.path).destroy()
    with pytest.raises(NotFoundError, match="there is no key ring"):
        store.put("a", b"new")
    assert store.sweep().abandoned == 0
    assert store.stat("a").size == 3


def test_a_ring_in_use_is_not_destroyed(ring: KeyRing) -> None:
    """While a bucket is registered, destroying the ring names it; afterwards the folder goes."""
    ring.register("file:///data/bucket")
    ring.register("file:///data/bucket")
    with pytest.raises(StoreError, match="still needed by file:///data/bucket"):
        ring.destroy()
    ring.release("file:///data/bucket")
    ring.destroy()
    assert not ring.path.exists()


def test_a_ring_is_made_only_in_an_empty_place(tmp_path: Path, ring: KeyRing) -> None:
    """An existing ring or folder with files is never written over, and no half-made ring is left beside it."""
    with pytest.raises(KeyRingError, match="not empty"):
        KeyRing.create(ring.path)
    (tmp_path / "empty").mkdir()
    assert KeyRing.create(tmp_path / "empty").path.stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "ring"]
