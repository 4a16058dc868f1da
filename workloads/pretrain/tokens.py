"""A BPE tokenizer and a token file, made once of the corpus and kept in the encrypted store."""

import contextlib
import hashlib
import itertools
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from workloads.pretrain import corpus
from workloads.pretrain.errors import RunError
from workloads.pretrain.spec import PretrainSpec
from workloads.store import Store

END = "<|endoftext|>"
"""The one special token, number 0: it closes each document."""

GROUP = 64
"""Documents that are encoded at once."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Tokens and tokenizer as they lie in the store."""

    folder: str
    """Prefix of the objects `corpus.txt`, `tokens.bin`, `tokenizer.json` and `manifest.json`."""

    corpus: str
    """What was read, in one line."""

    tokens: int
    """Length of the token file."""

    vocabulary: int
    """Entries of the tokenizer; less than asked for when the corpus is small."""

    dtype: str
    """uint16, or uint32 beyond 65,536 entries."""

    tokenizer: str
    """SHA-256 of tokenizer.json: checkpoints carry it."""

    checksum: str
    """SHA-256 of the token file."""


def prepare(store: Store, run: str, spec: PretrainSpec, scratch: Path) -> Prepared:
    """Give the run's data; make them when the store has none for this corpus, size and vocabulary."""
    request = {"corpus": spec.corpus, "corpus_bytes": spec.corpus_bytes, "vocab_size": spec.vocab_size}
    digest = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
    folder = f"{run}/data/{digest[:12]}"
    if store.exists(f"{folder}/manifest.json"):
        prepared = _read(store, folder)
        print(f"data: {prepared.tokens:,} tokens of {prepared.corpus}, from {folder}")
        return prepared
    return _make(store, folder, spec, scratch)


def _read(store: Store, folder: str) -> Prepared:
    content = store.get(f"{folder}/manifest.json")
    try:
        return Prepared(**json.loads(content))
    except (ValueError, TypeError) as error:
        raise RunError(
            f"{folder}/manifest.json is no manifest of a corpus ({error}); delete {folder} and run again"
        ) from error


def _make(store: Store, folder: str, spec: PretrainSpec, scratch: Path) -> Prepared:
    begin = time.monotonic()
    text = corpus.find(spec.corpus, spec.corpus_bytes, scratch)
    tokenizer = train_tokenizer(text.documents(), spec.vocab_size)
    print(f"tokenizer: {tokenizer.get_vocab_size()} entries in {time.monotonic() - begin:.1f} s")
    file = scratch / "tokens.new"
    count, checksum = _encode(tokenizer, text.documents(), file)
    serialized = tokenizer.to_str().encode()
    prepared = Prepared(
        folder=folder,
        corpus=text.describe(),
        tokens=count,
        vocabulary=tokenizer.get_vocab_size(),
        dtype=_dtype(tokenizer),
        tokenizer=hashlib.sha256(serialized).hexdigest(),
        checksum=checksum,
    )
    try:
        store.upload(file, f"{folder}/tokens.bin")
    finally:
        file.unlink(missing_ok=True)
    _keep(store, text, f"{folder}/corpus.txt")
    store.put(f"{folder}/tokenizer.json", serialized)
    store.put(f"{folder}/manifest.json", json.dumps(asdict(prepared)).encode())
    print(f"data: {count:,} tokens of {prepared.corpus}, in {time.monotonic() - begin:.1f} s")
    return prepared


def _keep(store: Store, text: corpus.Corpus, key: str) -> None:
    """Keep the very text of the run beside its tokens: sources move, and a model must answer for what it read."""
    with store.writer(key) as kept:
        for document in text.documents():
            kept.write(document.encode())


def train_tokenizer(documents: Iterator[str], size: int) -> Tokenizer:
    """Train a byte-level BPE tokenizer of at most `size` entries; any text can be encoded and given back exactly."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(documents, trainer)
    return tokenizer


def _dtype(tokenizer: Tokenizer) -> str:
    return "uint16" if tokenizer.get_vocab_size() <= 1 << 16 else "uint32"


def _encode(tokenizer: Tokenizer, documents: Iterator[str], target: Path) -> tuple[int, str]:
    """Write the tokens of all documents to a private file; give their number and SHA-256."""
    end = tokenizer.token_to_id(END)
    count, digest = 0, hashlib.sha256()
    with private(target) as descriptor, os.fdopen(descriptor, "wb", closefd=False) as file:
        while group := list(itertools.islice(documents, GROUP)):
            for encoding in tokenizer.encode_batch(group, add_special_tokens=False):
                block = np.array([*encoding.ids, end], dtype=_dtype(tokenizer)).tobytes()
                count += len(encoding.ids) + 1
                digest.update(block)
                file.write(block)
    return count, digest.hexdigest()


@contextlib.contextmanager
def private(path: Path) -> Iterator[int]:
    """Open a new file that only its owner may read or write (0600); an older one of this name is gone first."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def map_tokens(
    store: Store, prepared: Prepared, scratch: Path, local_rank: int, barrier: Callable[[], None]
) -> NDArray[np.unsignedinteger]:
    """Map the node's one private copy of the token file.

    Its name is gone when this returns, its bytes with the last process that maps it.
    """
    path = scratch / "tokens.bin"
    try:
        if local_rank == 0:
            _download(store, prepared, path)
        barrier()
        tokens = np.memmap(path, dtype=prepared.dtype, mode="r", shape=(prepared.tokens,))
        barrier()
    finally:
        if local_rank == 0:
            path.unlink(missing_ok=True)
    return tokens


def _download(store: Store, prepared: Prepared, path: Path) -> None:
    digest = hashlib.sha256()
    name = f"{prepared.folder}/tokens.bin"
    with (
        store.reader(name) as source,
        private(path) as descriptor,
        os.fdopen(descriptor, "wb", closefd=False) as file,
    ):
        while block := source.read(1 << 20):
            digest.update(block)
            file.write(block)
    if digest.hexdigest() != prepared.checksum:
        raise RunError(f"{name}: its checksum is not the manifest's; delete {prepared.folder} and run again")
