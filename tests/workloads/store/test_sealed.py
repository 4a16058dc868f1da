"""Sealed bytes open only as what they are, and reveal nothing."""

import io
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workloads.store import DamagedError, KeyRing, KeyRingError, Store
from workloads.store.sealed import Sealed, plain_size, sealed_size

BUCKET = "00112233445566778899aabbccddeeff"
FIRST = (1 << 20) - 40 - 16  # content bytes in the first segment
NEXT = (1 << 20) - 16  # and in each after it
BORDERS = st.sampled_from([0, FIRST, FIRST + NEXT, FIRST + 2 * NEXT])
SIZES = st.builds(lambda border, step: max(0, border + step), BORDERS, st.integers(-2, 2))

few = settings(max_examples=25, deadline=None)


@pytest.fixture(scope="module")
def codec(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    """Give a codec with a ring of its own."""
    return Sealed(BUCKET, KeyRing.create(tmp_path_factory.mktemp("keys") / "ring"))


def seal(codec: Sealed, content: bytes, name: str = "a/b") -> bytes:
    """Seal bytes in memory."""
    sink = io.BytesIO()
    with codec.writing(sink, name) as stream:
        stream.write(content)
    return sink.getvalue()


def unseal(codec: Sealed, sealed: bytes, name: str = "a/b", version: str | None = None) -> bytes:
    """Open bytes in memory."""
    with codec.reading(io.BytesIO(sealed), name, version) as stream:
        return stream.read()


@few
@given(size=SIZES, piece=st.sampled_from([1, 1000, 65_536, NEXT, 1 << 20, 5 << 20]))
def test_content_of_every_size_comes_back(codec: Sealed, size: int, piece: int) -> None:
    """Around the borders of segments, read in pieces of any size, content is the same and sizes are foretold."""
    content = os.urandom(size)
    sealed = seal(codec, content)
    assert len(sealed) == sealed_size(size)
    assert plain_size(len(sealed)) == size
    with codec.reading(io.BytesIO(sealed), "a/b") as stream:
        head = stream.read(piece) if piece > 1 else b""
        assert head + stream.read() == content


@few
@given(size=SIZES, data=st.data())
def test_one_flipped_bit_anywhere_is_found(codec: Sealed, size: int, data: st.DataObject) -> None:
    """Whatever bit changes, in the header or in the content, the object does not open."""
    sealed = bytearray(seal(codec, os.urandom(size)))
    place = data.draw(st.integers(0, len(sealed) - 1) | st.integers(0, 100).map(lambda n: n % len(sealed)))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((DamagedError, KeyRingError)):  # a changed key id is a key that the ring lacks
        unseal(codec, bytes(sealed))


@few
@given(size=SIZES, data=st.data())
def test_a_cut_or_lengthened_object_is_found(codec: Sealed, size: int, data: st.DataObject) -> None:
    """An end that is missing, even at a segment's border, or bytes after the end, do not pass."""
    sealed = seal(codec, os.urandom(size))
    borders = [n for n in (0, 28, 28 + (1 << 20), 28 + (2 << 20)) if n < len(sealed)]
    cut = data.draw(st.sampled_from(borders) | st.integers(0, len(sealed) - 1))
    for changed in (sealed[:cut], sealed + b"\0", sealed + sealed[28:]):
        with pytest.raises(DamagedError):
            unseal(codec, changed)


def test_an_object_opens_only_in_its_place(codec: Sealed) -> None:
    """Bytes that were moved to another name, bucket or version do not open."""
    sealed = seal(codec, b"content", "a/b")
    with pytest.raises(DamagedError, match="sealed for another"):
        unseal(codec, sealed, "a/c")
    with pytest.raises(DamagedError):
        unseal(Sealed(BUCKET[::-1], codec.ring), sealed, "a/b")
    with pytest.raises(DamagedError, match="were swapped"):
        unseal(codec, sealed, "a/b", "0" * 32)
    assert unseal(codec, sealed) == b"content"


def test_two_files_swapped_on_the_disk_are_found(store: Store, tmp_path: Path) -> None:
    """Who can write to the folder can't make one object pass for another."""
    store.put("good", b"x" * 100)
    store.put("evil", b"y" * 100)
    (tmp_path / "bucket" / "evil").replace(tmp_path / "bucket" / "good")
    with pytest.raises(DamagedError, match="sealed for another"):
        store.get("good")


@few
@given(content=st.binary(min_size=16, max_size=3000))
def test_no_run_of_the_content_is_on_the_disk(codec: Sealed, content: bytes) -> None:
    """No 16 bytes in a row of the content stand in the sealed object."""
    sealed = seal(codec, content * 2)
    assert not any(content[start : start + 16] in sealed for start in range(len(content) - 15))


def test_the_same_content_is_never_sealed_alike(codec: Sealed) -> None:
    """Two objects of the same content share no 16 bytes after the header, so that equality doesn't show."""
    first, second = seal(codec, b"same" * 100)[28:], seal(codec, b"same" * 100)[28:]
    assert not any(first[start : start + 16] in second for start in range(len(first) - 15))


def test_the_bucket_and_the_ring_hold_no_content_and_no_wrapped_key_in_clear(
    store: Store, tmp_path: Path
) -> None:
    """Searched byte by byte, no file of bucket and ring holds the content; only kek.json holds a key."""
    marker = b"the-patient-is-Jane-Doe-0123456789"
    store.put("records", marker * 1000)
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert marker not in path.read_bytes()
        assert not path.stat().st_mode & 0o077, path
        if path.name != "kek.json":
            assert not re.search(rb"AesGcm\w*Key", path.read_bytes())


def test_a_file_of_someone_else_is_told_apart(store: Store, tmp_path: Path) -> None:
    """Plain bytes that were put into the folder by hand are not handed out as content."""
    (tmp_path / "bucket" / "plain").write_bytes(b"by hand, in clear, and long enough for a header")
    with pytest.raises(DamagedError, match="not an object that this client sealed"):
        store.get("plain")


def test_an_error_of_the_disk_is_not_called_damage(codec: Sealed) -> None:
    """When the file below fails, its own error comes through Tink's stream."""

    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 100:
                raise OSError(5, "Input/output error")
            return super().read(size)

    sealed = seal(codec, os.urandom(3 << 20))
    with pytest.raises(OSError, match="Input/output error"), codec.reading(Failing(sealed), "a/b") as stream:
        stream.read()
