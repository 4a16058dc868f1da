"""Tokens of the standard library's source, by a small BPE: real text, so that losses mean something."""

import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, pre_tokenizers, trainers


def tokens(*, tiny: bool) -> NDArray[np.uint16]:
    """Give the token ids, one sequence."""
    limit = 300_000 if tiny else 12_000_000
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=512 if tiny else 8192,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = list(documents(limit))
    tokenizer.train_from_iterator(texts, trainer)
    return np.concatenate([np.array(each.ids, dtype=np.uint16) for each in tokenizer.encode_batch(texts)])


def documents(limit: int) -> Iterator[str]:
    """Give source files until `limit` bytes."""
    for folder, folders, names in os.walk(sysconfig.get_paths()["stdlib"]):
        folders[:] = sorted(set(folders) - {"site-packages", "dist-packages", "test", "tests"})
        for name in sorted(names):
            if name.endswith(".py") and limit > 0:
                text = (Path(folder) / name).read_text("utf-8", errors="replace")
                limit -= len(text)
                yield text
