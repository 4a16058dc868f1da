"""The same store over obstore's API, with its in-memory store in a cloud's place."""

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from obstore.store import MemoryStore

from workloads.store import (
    DamagedError,
    ForbiddenError,
    KeyRing,
    Lifecycle,
    Manifest,
    NotFoundError,
    Store,
    StoreError,
    UnreachableError,
)
from workloads.store.cloud import CloudBackend
from workloads.store.local import LocalBackend
from workloads.store.names import check
from workloads.store.store import write_manifest


@pytest.fixture
def backend() -> CloudBackend:
    """Give an empty place in memory."""
    return CloudBackend("s3://bucket/prefix/", MemoryStore())


@pytest.fixture
def sealed(backend: CloudBackend, ring: KeyRing) -> Store:
    """Give a sealed bucket with versioning in memory."""
    limits = Lifecycle(noncurrent_versions=2)
    manifest = Manifest(encryption="customer-managed", key_ring=ring.id, versioning=True, lifecycle=limits)
    write_manifest(backend, manifest)
    return Store(backend, manifest, ring)


def test_large_objects_go_through_in_parts(sealed: Store, tmp_path: Path) -> None:
    """An object of several upload parts comes back the same, by memory and by file."""
    content = os.urandom(40 << 20)
    sealed.put("a/b", content)
    assert sealed.get("a/b") == content
    sealed.download("a/b", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == content
    assert sealed.stat("a/b").size == len(content)


def test_a_failed_upload_changes_nothing(sealed: Store) -> None:
    """An upload that ends in an error leaves the old object."""

    def fail() -> None:
        with sealed.writer("a") as stream:
            stream.write(bytes(20 << 20))
            raise RuntimeError("cut")

    sealed.put("a", b"old")
    with pytest.raises(RuntimeError, match="cut"):
        fail()
    assert sealed.get("a") == b"old"


def test_versions_work_without_a_disk(sealed: Store) -> None:
    """Versions are kept, limited, read and swept by server-side copies."""
    for number in range(5):
        sealed.put("a", b"%d" % number)
    assert [sealed.get("a", version=v.version) for v in sealed.versions("a")] == [b"4", b"3", b"2"]
    sealed.delete("a")
    assert not sealed.exists("a")
    assert list(sealed.list()) == []
    assert len(sealed.versions("a")) == 2


def test_a_bucket_without_manifest_is_plain_bytes(backend: CloudBackend) -> None:
    """A cloud's bucket that the platform encrypts is read and written as any other tool does."""
    with backend.write("by/other.tool") as sink:
        sink.write(b"plain")
    store = Store(backend, None, None)
    assert store.get("by/other.tool") == b"plain"
    store.put("mine", b"plain too")
    with backend.read("mine") as stream:
        assert stream.read() == b"plain too"


def test_swapped_objects_are_found(sealed: Store, backend: CloudBackend) -> None:
    """A copy inside the cloud does not open under its new name."""
    sealed.put("a", b"x")
    backend.copy("a", "b")
    with pytest.raises(DamagedError):
        sealed.get("b")


def test_what_is_missing_is_not_found(sealed: Store) -> None:
    """A missing object has the same error as on a disk."""
    with pytest.raises(NotFoundError, match="s3://bucket/prefix/no: no such object"):
        sealed.get("no")
    with pytest.raises(NotFoundError):
        sealed.delete("no")


@pytest.mark.parametrize("url", ["s3://bucket/prefix", "gs://bucket", "az://container/prefix"])
def test_each_cloud_is_opened_by_its_address(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening an address makes no request; a setting that the machine lacks is told with the address."""
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    assert CloudBackend.open(url).url == url
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME")
    with pytest.raises(StoreError, match="az://container"):
        CloudBackend.open("az://container")


def test_an_address_of_azure_names_its_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is whole without the machine's settings, and leads to the blob service, whose private endpoint there is."""
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    monkeypatch.setenv("AZURE_SKIP_SIGNATURE", "true")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setattr("workloads.store.cloud._RETRY", {"max_retries": 0})
    with pytest.raises(StoreError, match=r"https://account\.blob\.core\.windows\.net/container/prefix/a"):
        CloudBackend.open("abfss://container@account.dfs.core.windows.net/prefix").head("a")


def test_an_error_of_the_cloud_names_the_object(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a cloud refuses is told with the object's address: here an endpoint where nobody listens."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    monkeypatch.setattr("workloads.store.cloud._RETRY", {"max_retries": 0})
    with pytest.raises(StoreError, match="s3://bucket/a: ") as caught:
        CloudBackend.open("s3://bucket").head("a")
    assert "\n" not in str(caught.value)


class NoSuchBucket(BaseHTTPRequestHandler):
    """Answers as S3 does for a bucket that does not exist."""

    def do_PUT(self) -> None:
        """Refuse a write."""
        answer = (
            b"<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>"
        )
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(404)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gives
        """Stay quiet."""


def test_a_missing_bucket_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a server says in a page of XML is one line with the address, and is no FileNotFoundError."""
    with HTTPServer(("127.0.0.1", 0), NoSuchBucket) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
        store = Store(CloudBackend.open("s3://bucket/x"), None, None)
        with pytest.raises(NotFoundError) as caught:
            store.put("a", b"content")
        server.shutdown()
    assert str(caught.value) == "s3://bucket/x/a: no such bucket"


class BreaksOff(NoSuchBucket):
    """Ends in the middle of each answer."""

    def do_GET(self) -> None:
        """Promise more than is sent."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"<ListBucketResult>")


def test_a_server_that_breaks_off_may_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no refusal of the cloud has an error of its own, so that a program can tell that later may be better."""
    with HTTPServer(("127.0.0.1", 0), BreaksOff) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
        with pytest.raises(UnreachableError, match="s3://bucket/x/: "):
            list(CloudBackend.open("s3://bucket").list("x/"))
        server.shutdown()


class OneFolder(BaseHTTPRequestHandler):
    """Answers as S3 does to a role of one folder, in which one object is: 403 to all else, there or not."""

    def do_GET(self) -> None:
        """Show the object and the folder's list."""
        listed = self.path.startswith("/bucket?") and "prefix=runs%2Fit%2F" in self.path
        seen = LIST if listed else b"seen" if self.path == "/bucket/runs/it/a" else None
        self.send_response(403 if seen is None else 200)
        self.send_header("Content-Length", str(len(seen or DENIED)))
        self.send_header("Last-Modified", "Sun, 22 Nov 2026 12:00:00 GMT")
        self.send_header("ETag", '"tag"')
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(seen or DENIED)

    def do_HEAD(self) -> None:
        """Tell the same without the bytes."""
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gives
        """Stay quiet."""


DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
LIST = b"""<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>runs/it/a</Key>
<LastModified>2026-11-22T12:00:00.000Z</LastModified><ETag>"tag"</ETag><Size>4</Size></Contents></ListBucketResult>"""


@pytest.fixture
def one_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Serve a bucket to a role that reaches `runs/it` alone."""
    with HTTPServer(("127.0.0.1", 0), OneFolder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
        yield
        server.shutdown()


@pytest.mark.never_again
@pytest.mark.usefixtures("one_folder")
def test_who_sees_one_folder_works_in_it() -> None:
    """A workload's role never reaches the manifest at the root; in its folder what is missing is not denied."""
    store = Store.open("s3://bucket")
    assert store.get("runs/it/a") == b"seen"
    assert store.exists("runs/it/a")
    assert not store.exists("runs/it/b")
    for denied in (store.get, store.exists):
        with pytest.raises(ForbiddenError, match="s3://bucket/runs/other/a: "):
            denied("runs/other/a")


@pytest.mark.usefixtures("one_folder")
def test_who_holds_a_ring_must_see_the_seal(ring: KeyRing) -> None:
    """A manifest that may not be read can't make a caller who gives a ring write plain bytes."""
    with pytest.raises(ForbiddenError, match=r"s3://bucket/\.causeway/bucket\.json: "):
        Store.open("s3://bucket", ring)


NAMES = st.lists(
    st.text(
        st.characters(blacklist_categories=("C", "Z"), blacklist_characters="/\\"), min_size=1, max_size=8
    ),
    min_size=1,
    max_size=3,
).map("/".join)


def is_allowed(name: str) -> bool:
    """Say whether the name is one that the store takes."""
    try:
        check(name)
    except StoreError:
        return False
    return True


@settings(max_examples=60, deadline=None)
@given(name=NAMES.filter(is_allowed))
def test_every_allowed_name_is_kept_as_it_is(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A name of any script or sign comes back from a listing unchanged, on a disk and in a cloud alike."""
    places: list[Callable[[], CloudBackend | LocalBackend]] = [
        lambda: CloudBackend("s3://b", MemoryStore()),
        lambda: LocalBackend(tmp_path_factory.mktemp("names")),
    ]
    for place, prefix in itertools.product(places, ("", "x/")):
        store = Store(place(), None, None)
        store.put(prefix + name, b"content")
        assert [info.key for info in store.list()] == [prefix + name]
        assert store.get(prefix + name) == b"content"
