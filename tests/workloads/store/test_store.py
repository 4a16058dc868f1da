"""Objects go in sealed and come out whole."""

from pathlib import Path

import pytest

from workloads.store import KeyRing, KeyRingError, NotFoundError, Store, StoreError


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    """Give a new key ring."""
    return KeyRing.create(tmp_path / "ring")


@pytest.fixture
def store(tmp_path: Path, ring: KeyRing) -> Store:
    """Give a new sealed bucket."""
    return Store.create((tmp_path / "bucket").as_uri(), ring)


def test_an_object_comes_back_in_another_process_view(store: Store, ring: KeyRing) -> None:
    """What one client puts, another that opens the same bucket and ring gets."""
    store.put("runs/pretrain/latest", b"step-100")
    assert Store.open(store.url, ring.path).get("runs/pretrain/latest") == b"step-100"


def test_a_replaced_object_is_the_new_one(store: Store) -> None:
    """A second put replaces the first."""
    store.put("a", b"one")
    store.put("a", b"two")
    assert store.get("a") == b"two"


def test_a_failed_writer_changes_nothing(store: Store) -> None:
    """An error inside the writer's block leaves the old object and no temporary file."""

    def fail_halfway() -> None:
        with store.writer("a") as stream:
            stream.write(b"new" * 1_000_000)
            raise RuntimeError("cut")

    store.put("a", b"old")
    with pytest.raises(RuntimeError, match="cut"):
        fail_halfway()
    assert store.get("a") == b"old"
    assert store.sweep().abandoned == 0


def test_files_move_in_and_out(store: Store, tmp_path: Path) -> None:
    """Upload and download carry a file of several segments; the download is private."""
    source = tmp_path / "in"
    source.write_bytes(bytes(range(256)) * 10_000)
    store.upload(source, "data/tokens.bin")
    store.download("data/tokens.bin", tmp_path / "deep" / "out")
    assert (tmp_path / "deep" / "out").read_bytes() == source.read_bytes()
    assert (tmp_path / "deep" / "out").stat().st_mode & 0o777 == 0o600


def test_a_listing_tells_names_and_sizes_of_content(store: Store) -> None:
    """Listings are in order, by prefix, with the size of the content and without the client's own files."""
    for name, size in (("b/2", 2_000_000), ("b/10", 0), ("a", 5), ("bc", 1)):
        store.put(name, b"x" * size)
    assert [(info.key, info.size) for info in store.list()] == [
        ("a", 5),
        ("b/10", 0),
        ("b/2", 2_000_000),
        ("bc", 1),
    ]
    assert [info.key for info in store.list("b/")] == ["b/10", "b/2"]
    assert [info.key for info in store.list("b")] == ["b/10", "b/2", "bc"]
    assert list(store.list("nothing/here")) == []


def test_what_does_not_exist_is_named(store: Store) -> None:
    """A missing object is told by its full address, by each way to ask for it."""
    for ask in (store.get, store.stat, store.delete, store.reader):
        with pytest.raises(NotFoundError, match="bucket/no/such: no such object"):
            ask("no/such")
    assert not store.exists("no/such")


def test_a_sealed_bucket_wants_its_own_ring(store: Store, tmp_path: Path) -> None:
    """Opened with no ring or another one, the bucket says which ring it needs."""
    other = KeyRing.create(tmp_path / "other")
    with pytest.raises(KeyRingError, match="sealed under key ring"):
        Store.open(store.url)
    with pytest.raises(KeyRingError, match=other.id):
        Store.open(store.url, other)


def test_a_plain_bucket_refuses_a_ring(tmp_path: Path, ring: KeyRing) -> None:
    """Who gives a ring expects sealing: a bucket of plain bytes is an error, never a silent downgrade."""
    plain = Store.create((tmp_path / "plain").as_uri())
    plain.put("a", b"in clear")
    assert (tmp_path / "plain" / "a").read_bytes() == b"in clear"
    with pytest.raises(KeyRingError, match="holds plain bytes"):
        Store.open(plain.url, ring)


def test_a_folder_with_other_files_is_not_taken(tmp_path: Path) -> None:
    """A bucket is made only in an empty place."""
    (tmp_path / "mine").write_text("x")
    with pytest.raises(StoreError, match="not empty, it holds mine"):
        Store.create(tmp_path.as_uri())
    with pytest.raises(NotFoundError, match="not a bucket"):
        Store.open(tmp_path.as_uri())
