"""Versions are kept, found, restored and forgotten as the bucket's manifest says."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workloads.store import DamagedError, KeyRing, Lifecycle, NotFoundError, Store, StoreError

Make = Callable[..., Store]


@pytest.fixture(params=["sealed", "plain"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Give a maker of buckets with versioning, sealed and plain in turn."""
    ring = KeyRing.create(tmp_path / "ring") if request.param == "sealed" else None

    def bucket(**lifecycle: float) -> Store:
        chosen = Lifecycle(**lifecycle)  # type: ignore[arg-type]  # whole numbers are given for whole-number fields
        return Store.create((tmp_path / "bucket").as_uri(), ring, versioning=True, lifecycle=chosen)

    return bucket


def age(store: Store, tmp_path: Path, key: str, days: float) -> None:
    """Make an object's file look older."""
    then = time.time() - days * 86_400
    os.utime(tmp_path / "bucket" / key, (then, then))


def test_replaced_and_deleted_objects_stay_as_versions(make: Make) -> None:
    """Each write and delete keeps what was there; every version can be read, the newest first."""
    store = make()
    for content in (b"one", b"two", b"three"):
        store.put("a", content)
    current, *older = store.versions("a")
    assert current.noncurrent_since is None
    assert [version.size for version in (current, *older)] == [5, 3, 3]
    assert [store.get("a", version=v.version) for v in (current, *older)] == [b"three", b"two", b"one"]
    store.delete("a")
    assert not store.exists("a")
    assert [store.get("a", version=v.version) for v in store.versions("a")] == [b"three", b"two", b"one"]
    assert all(
        v.noncurrent_since is not None and v.written <= v.noncurrent_since for v in store.versions("a")
    )


def test_versions_are_not_objects(make: Make) -> None:
    """Noncurrent versions are in no listing, and no version of one object is given for another."""
    store = make()
    for name in ("a/b", "a/b", "a/c", "a/b/../c".replace("b/../", "")):
        store.put(name, b"x")
    assert [info.key for info in store.list()] == ["a/b", "a/c"]
    assert [len(store.versions(name)) for name in ("a/b", "a/c", "a", "a/d")] == [2, 2, 0, 0]
    with pytest.raises(NotFoundError, match="no version"):
        store.get("a/b", version=store.versions("a/c")[1].version)


def test_an_old_version_is_restored_as_a_new_one(make: Make) -> None:
    """Restoring writes the old content again; nothing is lost by it."""
    store = make()
    store.put("a", b"good")
    store.put("a", b"bad")
    store.restore("a", store.versions("a")[1].version)
    assert store.get("a") == b"good"
    assert [store.get("a", version=v.version) for v in store.versions("a")] == [b"good", b"bad", b"good"]


def test_only_so_many_noncurrent_versions_are_kept(make: Make) -> None:
    """A limit of two leaves the current object and the two before it, after each write."""
    store = make(noncurrent_versions=2)
    for number in range(6):
        store.put("a", b"%d" % number)
    assert [store.get("a", version=v.version) for v in store.versions("a")] == [b"5", b"4", b"3"]


def test_a_limit_of_none_keeps_no_version(make: Make) -> None:
    """Zero noncurrent versions is as if there were no versioning."""
    store = make(noncurrent_versions=0)
    store.put("a", b"1")
    store.put("a", b"2")
    assert len(store.versions("a")) == 1


def test_versions_go_when_their_days_are_over(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The days count from when a version was replaced, not from when it was written."""
    store = make(noncurrent_days=7)

    def put(key: str, days_ago: float) -> None:
        then = time.time_ns() - int(days_ago * 86_400e9)
        with monkeypatch.context() as patch:
            patch.setattr(time, "time_ns", lambda: then)
            store.put(key, b"x")

    put("replaced long ago", 9)
    put("replaced lately", 9)
    put("replaced lately", 6)
    put("never replaced", 9)
    with monkeypatch.context() as patch:
        patch.setattr(store._history, "sweep", lambda _: 0)  # as if the clients were away while the days pass
        put("replaced long ago", 8)
    assert [len(store.versions(f"replaced {when}")) for when in ("long ago", "lately")] == [2, 2]
    assert store.sweep().versions == 1
    assert [len(store.versions(f"replaced {when}")) for when in ("long ago", "lately")] == [1, 2]
    assert store.exists("never replaced")


def test_old_objects_expire_into_versions(make: Make, tmp_path: Path) -> None:
    """A sweep deletes objects older than the limit; versioning keeps them as any delete does."""
    store = make(expire_days=30)
    for name, days in (("old", 31), ("young", 29)):
        store.put(name, name.encode())
        age(store, tmp_path, name, days)
    assert store.sweep().expired == 1
    assert [info.key for info in store.list()] == ["young"]
    assert store.get("old", version=store.versions("old")[0].version) == b"old"


def test_without_versioning_a_replaced_object_is_gone(tmp_path: Path) -> None:
    """A bucket without versioning keeps one version, and no private copy on the disk."""
    store = Store.create((tmp_path / "bucket").as_uri())
    store.put("a", b"1")
    store.put("a", b"2")
    store.delete("a")
    assert store.versions("a") == ()
    assert not (tmp_path / "bucket" / ".causeway" / "versions").exists()


def test_a_version_put_in_anothers_place_is_found(tmp_path: Path) -> None:
    """Renaming the files of two versions does not make one pass for the other."""
    store = Store.create((tmp_path / "bucket").as_uri(), KeyRing.create(tmp_path / "ring"), versioning=True)
    for content in (b"1", b"2", b"3"):
        store.put("a", content)
    _, second, first = store.versions("a")
    (tmp_path / "bucket" / first.blob).replace(tmp_path / "bucket" / second.blob)
    with pytest.raises(DamagedError, match="were swapped"):
        store.get("a", version=second.version)


def test_a_version_kept_too_early_is_shown_once(make: Make) -> None:
    """After a crash between keeping and replacing, the object is current, then noncurrent, each time once."""
    store = make(noncurrent_versions=5)
    store.put("a", b"1")
    store._keep("a")
    assert len(store.versions("a")) == 1
    replaced = datetime.now(UTC)
    store.put("a", b"2")
    current, old = store.versions("a")
    assert current.noncurrent_since is None
    assert old.noncurrent_since is not None
    assert old.noncurrent_since >= replaced
    assert store.get("a", version=old.version) == b"1"


@pytest.mark.parametrize("field", ["noncurrent_versions", "noncurrent_days", "expire_days"])
def test_a_negative_limit_is_refused(field: str) -> None:
    """A limit below zero is a mistake that names its field."""
    with pytest.raises(StoreError, match=f"{field}: -1 given"):
        Lifecycle(**{field: -1})
