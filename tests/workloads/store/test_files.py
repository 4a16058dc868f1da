"""Killed writers and full disks leave the old object, and no piece of the new."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from workloads.store import KeyRing, NoSpaceError, Store, StoreError, files, local


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a short program in a process of its own."""
    command = [sys.executable, "-c", textwrap.dedent(program), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_kill_between_the_last_byte_and_the_rename_leaves_the_old_object(
    store: Store, ring: KeyRing
) -> None:
    """The new object is complete on the disk but not in place: the old one is read, and a sweep removes the new."""
    store.put("a", b"old")
    died = run(
        """
        import os, signal, sys
        from workloads.store import Store
        store = Store.open(sys.argv[1], sys.argv[2])
        store._keep = lambda key: os.kill(os.getpid(), signal.SIGKILL)
        store.put("a", b"new" * 1_000_000)
        """,
        store.url,
        str(ring.path),
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert store.get("a") == b"old"
    assert [info.key for info in store.list()] == ["a"]
    assert store.sweep().abandoned == 1
    assert store.sweep().abandoned == 0


def test_a_sweep_leaves_a_living_writer_alone(store: Store) -> None:
    """A temporary file whose writer lives is not taken for abandoned."""
    with store.writer("a") as stream:
        stream.write(b"x" * 2_000_000)
        assert store.sweep().abandoned == 0
    assert store.stat("a").size == 2_000_000


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize(
    ("size", "told"), [("known", "it needs 5.0 MB"), ("unknown", "it needs more than 2.5 MB")]
)
def test_a_write_that_is_stopped_by_the_kernel_tells_the_sizes(
    tmp_path: Path, sealed: bool, size: str, told: str
) -> None:
    """Past the file-size limit of the kernel the write fails as on a full disk: old object intact, rest removed."""
    ring = KeyRing.create(tmp_path / "ring") if sealed else None
    store = Store.create((tmp_path / "bucket").as_uri(), ring)
    store.put("a", b"old")
    failed = run(
        """
        import resource, signal, sys
        from workloads.store import NoSpaceError, Store
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_500_000, 2_500_000))
        store = Store.open(sys.argv[1], sys.argv[2])
        try:
            if sys.argv[3] == "known":
                store.put("a", bytes(5_000_000))
            else:
                with store.writer("a") as stream:
                    for _ in range(50):
                        stream.write(bytes(100_000))
        except NoSpaceError as error:
            print(error)
        """,
        store.url,
        str(ring.path) if ring else "",
        size,
    )
    assert failed.returncode == 0, failed.stderr
    assert f"File too large after 2.5 MB; {told}" in failed.stdout
    assert "the old object is intact" in failed.stdout
    assert store.get("a") == b"old"
    assert list((tmp_path / "bucket" / ".causeway" / "tmp").iterdir()) == []


def test_a_write_that_cannot_fit_is_refused_before_its_first_byte(store: Store) -> None:
    """With the size known, a write larger than the free space fails at once and says both numbers."""
    with pytest.raises(NoSpaceError, match=r"needs 10000.*TB, but .* free; nothing was written"):
        store.writer("a", size=10**18).__enter__()
    assert not store.exists("a")


def test_a_download_onto_a_full_disk_leaves_the_old_file(store: Store, ring: KeyRing, tmp_path: Path) -> None:
    """When the content does not fit, the file that was there stays, with nothing beside it."""
    store.put("a", bytes(5_000_000))
    folder = tmp_path / "scratch"
    folder.mkdir()
    (folder / "out").write_text("old")
    failed = run(
        """
        import resource, signal, sys
        from workloads.store import NoSpaceError, Store
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_500_000, 2_500_000))
        try:
            Store.open(sys.argv[1], sys.argv[2]).download("a", sys.argv[3])
        except NoSpaceError as error:
            print(error)
        """,
        store.url,
        str(ring.path),
        str(folder / "out"),
    )
    assert failed.returncode == 0, failed.stderr
    assert "File too large" in failed.stdout
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"out": "old"}


def test_a_killed_download_leaves_no_content_behind(store: Store, ring: KeyRing, tmp_path: Path) -> None:
    """Content in clear is written to a file without a name, which dies with its process."""
    store.put("a", b"secret" * 500_000)
    died = run(
        """
        import os, shutil, signal, sys
        from workloads.store import Store, files
        def stop(source, target, size):
            target.write(source.read(size))
            target.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        shutil.copyfileobj = stop
        Store.open(sys.argv[1], sys.argv[2]).download("a", sys.argv[3])
        """,
        store.url,
        str(ring.path),
        str(tmp_path / "scratch" / "out"),
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_damaged_download_does_not_appear(store: Store, tmp_path: Path) -> None:
    """A file whose last part is damaged never gets its name."""
    store.put("a", bytes(3_000_000))
    with (tmp_path / "bucket" / "a").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"?")
    with pytest.raises(StoreError, match="do not open"):
        store.download("a", tmp_path / "scratch" / "out")
    assert list((tmp_path / "scratch").iterdir()) == []


def test_processes_that_write_one_object_leave_one_whole_object(tmp_path: Path) -> None:
    """Of writers at the same time one wins whole, and versioning keeps the content of all the others."""
    ring = KeyRing.create(tmp_path / "ring")
    store = Store.create((tmp_path / "bucket").as_uri(), ring, versioning=True)
    program = """
    import sys
    from workloads.store import Store
    store = Store.open(sys.argv[1], sys.argv[2])
    for number in range(5):
        store.put("a", f"{sys.argv[3]}{number}".encode() * 100_000)
    """
    writers = [
        subprocess.Popen([sys.executable, "-c", textwrap.dedent(program), store.url, str(ring.path), name])
        for name in "xy"
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    contents = [store.get("a", version=v.version) for v in store.versions("a")]
    assert sorted(content[:2].decode() for content in contents) == [f"{w}{n}" for w in "xy" for n in range(5)]
    assert all(content == content[:2] * 100_000 for content in contents)
    assert contents[0] == store.get("a")


def test_threads_that_write_and_delete_beside_each_other_do_not_fail(store: Store) -> None:
    """A folder that a delete has just removed is made again by the write that needs it."""
    problems: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for _ in range(30):
                store.put(f"folder/{name}", b"x")
                store.delete(f"folder/{name}")
        except BaseException as error:  # noqa: BLE001 - reported by the assertion below
            problems.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert problems == []
    assert list(store.list()) == []


def test_a_write_outlives_deletes_that_remove_its_folder_many_times(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time the folder is there, a delete takes it before the file has its name; the write ends all the same."""
    removals = iter(range(200))
    replace = os.replace

    def late(source: Path, target: Path) -> None:
        if target.name == "x" and next(removals, None) is not None:
            target.parent.rmdir()
        replace(source, target)

    monkeypatch.setattr(os, "replace", late)
    store.put("folder/deep/x", b"x")
    assert store.get("folder/deep/x") == b"x"
    assert next(removals, None) is None


def test_a_write_whose_folder_is_removed_for_too_long_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting for others ends with their doing in the message, and leaves nothing behind."""
    replace = os.replace

    def late(source: Path, target: Path) -> None:
        target.parent.rmdir()
        replace(source, target)

    monkeypatch.setattr(os, "replace", late)
    monkeypatch.setattr(local, "_PATIENCE_SECONDS", 0.1)
    with pytest.raises(StoreError, match=r"folder/x: others have removed its folder for 0\.1 s; try again"):
        store.put("folder/x", b"x")
    assert list(store.list()) == []
    assert store.sweep().abandoned == 0


def test_a_lock_that_is_held_too_long_is_an_error(tmp_path: Path) -> None:
    """Waiting for a lock ends, and says which one."""
    with (
        files.locked(tmp_path / "lock"),
        pytest.raises(StoreError, match=r"lock: another process has held this lock for 0\.1 s"),
        files.locked(tmp_path / "lock", timeout=0.1),
    ):
        pass


def test_a_small_file_is_replaced_whole_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When making it durable fails, the old bytes stay and nothing lies beside them."""
    path = tmp_path / "x.json"
    files.replace(path, b"old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(5, "Input/output error")))
    with pytest.raises(OSError, match="Input/output"):
        files.replace(path, b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("x.json", b"old")]


def test_sizes_are_told_for_people() -> None:
    """Sizes are in decimal units with one figure after the point."""
    sizes = (0, 999, 1000, 1_500_000, 2_000_000_000, 3 * 10**12)
    assert (
        json.dumps([files.human(n) for n in sizes])
        == '["0 B", "999 B", "1.0 kB", "1.5 MB", "2.0 GB", "3.0 TB"]'
    )
