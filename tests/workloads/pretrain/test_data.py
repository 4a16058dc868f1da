"""Each sample is seen once an epoch, a useless corpus is refused, and tokens are made once and lie sealed."""

import http.server
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workloads.pretrain import corpus
from workloads.pretrain.errors import RunError
from workloads.pretrain.loader import IGNORE, Loader
from workloads.pretrain.permutation import Permutation
from workloads.pretrain.spec import PretrainSpec
from workloads.pretrain.tokens import END, map_tokens, prepare, train_tokenizer
from workloads.store import KeyRing, Store


@given(size=st.integers(1, 3000), key=st.text(max_size=8))
@settings(max_examples=40, deadline=None)
def test_permutation_is_a_bijection(size: int, key: str) -> None:
    """Each index has one place, whatever the size."""
    places = Permutation(size, key)(np.arange(size, dtype=np.uint64))
    assert sorted(places.tolist()) == list(range(size))


def test_permutations_of_two_keys_differ() -> None:
    """Epochs and seeds are shuffled differently, and neither leaves the order as it was."""
    index = np.arange(1000, dtype=np.uint64)
    first, second = Permutation(1000, "1/0")(index), Permutation(1000, "1/1")(index)
    assert (first != second).mean() > 0.9
    assert (first != index).mean() > 0.9


@given(worlds=st.lists(st.integers(1, 8), min_size=1, max_size=6), batch=st.integers(1, 20))
@settings(max_examples=40, deadline=None)
def test_each_sample_is_seen_once_an_epoch_at_any_world_size(worlds: list[int], batch: int) -> None:
    """The number of processes may change at every step: an epoch's samples are still each seen once."""
    loader = Loader(np.arange(8 * 60 + 1, dtype=np.uint16), 8, batch, 7)
    steps = -(-2 * loader.samples // batch)
    seen: list[int] = []
    for step in range(steps):
        world = worlds[step % len(worlds)]
        shares = [loader.load(step * batch, rank, world, 0).samples for rank in range(world)]
        order = np.empty(batch, dtype=np.int64)
        for rank, share in enumerate(shares):
            order[rank::world] = share
        seen += order.tolist()
    for epoch in range(2):
        inside = seen[epoch * loader.samples : (epoch + 1) * loader.samples]
        assert Counter(inside) == Counter(range(loader.samples))


def test_processes_make_the_same_number_of_calls() -> None:
    """Where samples don't divide, the short share is filled up with targets that don't count."""
    loader = Loader(np.arange(1000, dtype=np.uint16), 8, 7, 7)
    batches = [loader.load(0, rank, 3, 2) for rank in range(3)]
    assert {batch.inputs.shape for batch in batches} == {(2, 2, 8)}
    assert [(batch.targets != IGNORE).any(axis=-1).sum() for batch in batches] == [3, 2, 2]


def test_corpus_shorter_than_a_sample_is_refused() -> None:
    """The error names both lengths."""
    with pytest.raises(RunError, match="10 tokens, one sample needs 129"):
        Loader(np.zeros(10, dtype=np.uint16), 128, 4, 1)


def test_standard_library_is_text_without_tests() -> None:
    """The default corpus is source text of this Python, in the same order each time, and ends at its limit."""
    found = corpus.find("stdlib", 200_000, Path())
    assert not any({"test", "site-packages"} & set(path.parts) for path in found.files)
    texts = list(found.documents())
    assert 200_000 <= sum(len(text.encode()) for text in texts) < 220_000
    assert texts == list(found.documents())


def _missing(folder: Path) -> str:
    (folder / "there.txt").write_text("text")
    return str(folder / "their.txt")


def _empty(folder: Path) -> str:
    (folder / "empty.txt").touch()
    return str(folder)


def _binary(folder: Path) -> str:
    (folder / "image.bin").write_bytes(bytes(range(256)) * 10)
    return str(folder / "image.bin")


def _blank(folder: Path) -> str:
    (folder / "blank.txt").write_text(" \n" * 50)
    return (folder / "blank.txt").as_uri()


@pytest.mark.parametrize(
    ("make", "why"),
    [(_missing, "no such file.*holds there.txt"), (_empty, "empty"), (_binary, "binary"), (_blank, "empty")],
)
def test_useless_corpus_is_refused(make: Callable[[Path], str], why: str, tmp_path: Path) -> None:
    """Missing, empty, binary and blank corpora each say what is wrong."""
    with pytest.raises(RunError, match=why):
        corpus.find(make(tmp_path), 1000, tmp_path)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A web server that keeps its log to itself."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """A web server on loopback that serves a folder."""
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "book.txt").write_text("It was a dark and stormy night.\n" * 100)
    handler = partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_corpus_may_come_over_http(web: str, tmp_path: Path) -> None:
    """The text lands in a private scratch file; an address that answers 404 is one clear error."""
    found = corpus.find(f"{web}/book.txt", 10_000, tmp_path)
    assert "dark and stormy" in next(found.documents())
    assert (tmp_path / "corpus").stat().st_mode & 0o777 == 0o600
    with pytest.raises(RunError, match="404"):
        corpus.find(f"{web}/none.txt", 10_000, tmp_path)


def test_tokenizer_gives_any_text_back() -> None:
    """Byte-level BPE loses nothing, not even what the corpus never held."""
    tokenizer = train_tokenizer(iter(["def f(x):\n    return x\n"] * 50), 400)
    text = "été 漢字 \t\n  def"
    assert tokenizer.decode(tokenizer.encode(text).ids) == text
    assert tokenizer.token_to_id(END) == 0


def test_tokens_are_made_once_and_lie_sealed(tmp_path: Path) -> None:
    """The second run finds the first one's tokens; the bucket's bytes hold no sentence of the text; nothing stays."""
    book = tmp_path / "book.txt"
    book.write_text("The quick brown fox jumps over the lazy dog.\n" * 500)
    ring = KeyRing.create(tmp_path / "keys")
    store = Store.create((tmp_path / "bucket").as_uri(), ring)
    scratch = tmp_path / "scratch"
    scratch.mkdir(mode=0o700)
    spec = PretrainSpec(corpus=str(book), vocab_size=300, corpus_bytes=20_000)
    first = prepare(store, "run", spec, scratch)
    book.unlink()
    assert prepare(store, "run", spec, scratch) == first
    tokens = map_tokens(store, first, scratch, 0, lambda: None)
    assert len(tokens) == first.tokens
    assert list(scratch.iterdir()) == []
    stored = b"".join(path.read_bytes() for path in (tmp_path / "bucket").rglob("*") if path.is_file())
    assert b"quick brown" not in stored
    assert tokens[:64].tobytes() not in stored
