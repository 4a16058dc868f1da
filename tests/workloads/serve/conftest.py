"""A small Llama, really trained, and servers around it."""

import asyncio
import json
import multiprocessing
import socket
import time
import urllib.request
import warnings
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx
import pytest

from workloads.serve.app import build
from workloads.serve.batch import Constant, Drawn, Model, Slice
from workloads.serve.server import service
from workloads.serve.service import Service
from workloads.serve.settings import Settings
from workloads.serve.source import Folder
from workloads.serve.spec import ServeSpec
from workloads.serve.text import Words, read_words

TEXT = json.__doc__ + Path(json.__file__).read_text() + Path(asyncio.__file__).read_text()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train two layers for a moment and write them as transformers does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # transformers' own
        return _train(tmp_path_factory.mktemp("tiny"))


def _train(out: Path) -> Path:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.set_num_threads(1)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=384, special_tokens=["<|bos|>", "<|end|>"], initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([TEXT], trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<|bos|>", eos_token="<|end|>")
    fast.chat_template = (
        "{{ bos_token }}{% for m in messages %}{% if m.role == 'developer' %}"
        "{{ raise_exception('no developers here') }}{% endif %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
        "{% if add_generation_prompt %}assistant:{% endif %}"
    )
    fast.save_pretrained(out)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=384,
        hidden_size=32,
        intermediate_size=80,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        bos_token_id=0,
        eos_token_id=1,
    )
    model = LlamaForCausalLM(config)
    ids = torch.tensor(tokenizer.encode(TEXT).ids)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(40):
        starts = torch.randint(0, len(ids) - 33, (16,)).tolist()
        batch = torch.stack([ids[at : at + 32] for at in starts])
        model(batch, labels=batch).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.save_pretrained(out)
    return out


@pytest.fixture(scope="session")
def words(folder: Path) -> Words:
    """The trained model's tokenizer."""
    return read_words(Folder(folder))


class Paced(Constant):
    """A model that costs time and nothing else: each step sleeps."""

    def __init__(self, seconds: float, **sizes: int) -> None:
        super().__init__(50, **sizes)
        self.seconds = seconds

    def run(self, slices: Sequence[Slice]) -> list[Drawn]:
        """Sleep, then draw."""
        time.sleep(self.seconds)
        return super().run(slices)


@pytest.fixture
def paced() -> type[Paced]:
    """Give the class of models that sleep."""
    return Paced


Api = Callable[..., Any]


@pytest.fixture
def api(words: Words) -> Api:
    """Give a client on routes around any model, without a network."""

    @asynccontextmanager
    async def open_api(
        model: Model | None = None, keys: frozenset[str] = frozenset(), vocabulary: int = 384, **fields: Any
    ) -> AsyncIterator[tuple[httpx.AsyncClient, Service]]:
        settings = Settings(ServeSpec(**fields), "", "", "", "127.0.0.1", 0, keys)
        parts = service(settings, model or Constant(50, context=256), words, vocabulary)
        parts.engine.start()
        transport = httpx.ASGITransport(app=build(parts), raise_app_exceptions=False)
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=30) as client:
                yield client, parts
        finally:
            parts.engine.stop()

    return open_api


def free_port() -> int:
    """Ask the system for a port that nobody uses now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def nursery() -> Any:
    """Give a way to fork from a process that has imported torch once and done nothing else."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.serve.zero", "workloads.serve.start", "workloads.serve.text"])
    return context


@pytest.fixture
def process(nursery: Any) -> Callable[..., Any]:
    """Start a server as its own process, wait until it is healthy, and end it."""

    @contextmanager
    def start(program: str, environment: dict[str, str]) -> Iterator[tuple[BaseProcess, str]]:
        url = f"http://127.0.0.1:{free_port()}"
        given = {**environment, "PORT": url.rsplit(":", 1)[1]}
        code = f"import os\nos.environ.update({given!r})\n{program}"
        running = nursery.Process(target=exec, args=(code, {"__name__": "__main__"}), daemon=True)
        running.start()
        try:
            _wait_healthy(running, url)
            yield running, url
        finally:
            running.kill()
            running.join(10)

    return start


def _wait_healthy(running: BaseProcess, url: str) -> None:
    for _ in range(600):
        assert running.is_alive(), f"the server ended with code {running.exitcode}"
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server is not healthy after a minute")
