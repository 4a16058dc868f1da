"""Objects go in sealed and come out whole."""

from array import array
from pathlib import Path

import pytest

from workloads.store import KeyRing, KeyRingError, NotFoundError, Store, StoreError


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
    sizes = {"a": 5, "b-c": 2, "b/10": 0, "b/2": 2_000_000, "bc": 1}
    for name in ("b/2", "a", "b-c", "bc", "b/10"):
        store.put(name, b"x" * sizes[name])
    assert [(info.key, info.size) for info in store.list()] == sorted(sizes.items())
    assert [info.key for info in store.list("b/")] == ["b/10", "b/2"]
    assert [info.key for info in store.list("b")] == ["b-c", "b/10", "b/2", "bc"]
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


def test_a_plain_stream_takes_all_bytes_of_any_buffer(tmp_path: Path) -> None:
    """Without sealing too, one write takes a whole buffer of any item size and tells its position in bytes."""
    plain = Store.create((tmp_path / "plain").as_uri())
    with plain.writer("a") as stream:
        assert stream.write(memoryview(array("d", [1.5] * 400_000))) == 3_200_000
        assert stream.tell() == 3_200_000
    assert plain.stat("a").size == 3_200_000
    assert plain.get("a") == array("d", [1.5] * 400_000).tobytes()


def test_a_copy_opens_under_its_new_name(store: Store) -> None:
    """A copy is sealed anew, so that it opens where the bytes of the original would not."""
    store.put("a", b"content")
    store.copy("a", "b/c")
    assert store.get("b/c") == b"content"


def test_an_object_cannot_be_the_folder_of_others(store: Store) -> None:
    """On a disk a name can't be both; the error says so and nothing is lost."""
    store.put("a", b"old")
    with pytest.raises(StoreError, match="can't also be the folder of others"):
        store.put("a/b", b"new")
    store.put("c/d", b"old")
    with pytest.raises(StoreError, match="can't also be the folder of others"):
        store.put("c", b"new")
    assert store.get("a") == store.get("c/d") == b"old"


def test_a_name_is_free_again_when_the_last_object_below_it_is_deleted(store: Store) -> None:
    """Deleting takes the empty folders along."""
    store.put("a/b/c", b"x")
    store.delete("a/b/c")
    store.put("a", b"y")
    assert [info.key for info in store.list()] == ["a"]


def test_a_symbolic_link_is_no_object(store: Store, tmp_path: Path) -> None:
    """A link that someone planted in the bucket leads nowhere."""
    (tmp_path / "secret").write_text("outside")
    (tmp_path / "bucket" / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(NotFoundError):
        store.get("link")
    assert list(store.list()) == []


@pytest.mark.parametrize(
    "url", ["", "relative/folder", "file://host/folder", "ftp://host/x", "s3://", "file:x"]
)
def test_an_unusable_address_is_told_with_the_usable_ones(url: str) -> None:
    """An address of no known kind is refused before anything is made."""
    with pytest.raises(StoreError, match=r"file:///|three slashes"):
        Store.create(url)


def test_an_address_with_escapes_is_the_folder_meant(tmp_path: Path) -> None:
    """A folder with a space or a percent sign in its name is found by its address."""
    folder = tmp_path / "my data 100%"
    Store.create(folder.as_uri()).put("a", b"x")
    assert (folder / "a").read_bytes() == b"x"


def test_a_name_with_bad_parts_is_refused_by_every_way_in(store: Store) -> None:
    """No way in takes a name that could leave the bucket or meet the client's own files."""
    for bad in ("../ring/kek.json", "/etc/passwd", "a//b", ".causeway/bucket.json", "a/"):
        for ask in (
            store.get,
            store.stat,
            store.delete,
            store.exists,
            store.versions,
            lambda name: store.put(name, b""),
        ):
            with pytest.raises(StoreError, match="object name"):
                ask(bad)
