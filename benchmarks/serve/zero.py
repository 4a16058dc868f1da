"""A server around a model that costs nothing: what is left is the server's own work.

PORT=8000 python -m benchmarks.serve.zero
"""

import logging
import os
import sys

from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from workloads.serve.batch import Constant
from workloads.serve.server import serve
from workloads.serve.settings import Settings
from workloads.serve.spec import ServeSpec
from workloads.serve.text import Words


def words() -> Words:
    """A tokenizer of single bytes."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={letter: n for n, letter in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return Words(tokenizer, frozenset(), None, {})


def main() -> int:
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "WARNING"))
    spec = ServeSpec(max_running=int(os.environ.get("MAX_RUNNING", "256")), max_queue=256, drain_seconds=20)
    settings = Settings(spec, "", "", "", "127.0.0.1", int(os.environ["PORT"]), frozenset())
    return serve(settings, Constant(token=70), words(), 256)


if __name__ == "__main__":
    sys.exit(main())
