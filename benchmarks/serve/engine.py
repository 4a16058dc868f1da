"""Tokens a second of the engine without HTTP, beside transformers on the same device, shapes and prompts.

    python -m benchmarks.serve.engine --shape 8b --out engine.json
    python -m benchmarks.serve.engine --shape tiny --accelerators 0 --out engine.json     (a laptop)

Weights are random and answers have a fixed length, so only speed is measured here; the first part checks that both
give the same tokens. Ours and theirs alternate; each figure is a median with its spread.
"""

import argparse
import json
import platform
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import torch

from benchmarks.serve.shapes import SHAPES, as_transformers
from workloads.serve.linear import Plain
from workloads.serve.offline import generate
from workloads.serve.runner import Runner
from workloads.serve.spec import ServeSpec
from workloads.serve.start import make_runner
from workloads.serve.weights import Read, Share, assemble, random_weights

Prompts = list[list[int]]


@dataclass(frozen=True)
class Load:
    """One load: how many requests of which lengths."""

    name: str
    requests: int
    prompt: int
    answer: int
    rounds: int
    peer: bool

    def prompts(self, vocabulary: int, seed: int) -> Prompts:
        generator = torch.Generator().manual_seed(seed)
        return torch.randint(vocabulary, (self.requests, self.prompt), generator=generator).tolist()


LOADS = (
    Load("one", 1, 128, 256, 3, peer=True),
    Load("128x128/128", 128, 128, 128, 3, peer=True),
    Load("64x1000/1000", 64, 1000, 1000, 1, peer=False),
)


@dataclass
class Bench:
    """Collects figures, says each at once, and stops when its time is over."""

    out: Path
    seconds: float
    began: float = field(default_factory=time.monotonic)
    results: dict[str, Any] = field(default_factory=dict)

    @property
    def left(self) -> float:
        return self.seconds - (time.monotonic() - self.began)

    def note(self, key: str, value: Any) -> None:
        self.results[key] = value
        self.out.write_text(json.dumps(self.results, indent=1) + "\n")
        print(f"[{time.monotonic() - self.began:6.1f} s] {key}: {value}", flush=True)


def settings(accelerators: int, weights: str, cache_gib: float, context: int = 2048) -> ServeSpec:
    fields = {"accelerators": accelerators, "weights": weights, "cache_gib": cache_gib, "context": context}
    return ServeSpec.parse({**fields, "step_tokens": 8192})


def timed(device: torch.device, work: Callable[[], object]) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    began = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - began


def peer_model(shape_name: str, device: torch.device, dtype: torch.dtype) -> Any:
    """Random weights of the same shape in transformers."""
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(**as_transformers(SHAPES[shape_name]), dtype=dtype)
    with torch.device(device):
        standard = torch.get_default_dtype()
        torch.set_default_dtype(dtype)
        try:
            return LlamaForCausalLM(config).eval()
        finally:
            torch.set_default_dtype(standard)


def peer_answers(model: Any, prompts: Prompts, answer: int) -> Prompts:
    """`generate` for one prompt, `generate_batch` (continuous batching) for several."""
    from transformers import GenerationConfig

    fixed: dict[str, Any] = {
        "max_new_tokens": answer,
        "do_sample": False,
        "eos_token_id": -1,
        "pad_token_id": 0,
    }
    if len(prompts) > 1:
        outputs = model.generate_batch(
            inputs=prompts, generation_config=GenerationConfig(**fixed), progress_bar=False
        )
        return [one.generated_tokens for one in outputs.values()]
    inputs = torch.tensor(prompts, device=model.device)
    fixed |= {"eos_token_id": None, "min_new_tokens": answer}
    with torch.inference_mode():
        found = model.generate(inputs, attention_mask=torch.ones_like(inputs), **fixed)
    answers: Prompts = found[:, len(prompts[0]) :].tolist()
    return answers


def check(bench: Bench, device: torch.device, accelerators: int) -> None:
    """Same weights in both, float32: the same greedy tokens; in bfloat16: where the first difference is."""
    shape = SHAPES["tiny"]
    for dtype, name in ((torch.float32, "float32"), (torch.bfloat16, "bfloat16")):
        torch.manual_seed(0)
        model = peer_model("tiny", device, torch.float32)
        for weight in model.parameters():
            if weight.dim() > 1:
                torch.nn.init.normal_(weight, std=0.1)  # larger than usual: ties between tokens become rare
        model = model.to(dtype)
        state = model.state_dict()
        weights = assemble(shape, _reader(state), Share(), Plain)
        runner = make_runner(settings(accelerators, name, 0.5), shape, weights)
        prompts = [
            Load("", 1, size, 0, 0, peer=True).prompts(512, size)[0] for size in (5, 64, 200, 33, 16, 500)
        ]
        ours = generate(runner, prompts, 64, step_tokens=300)
        theirs = [peer_answers(model, [prompt], 64)[0] for prompt in prompts]
        same = [next((n for n in range(64) if a[n] != b[n]), 64) for a, b in zip(ours, theirs, strict=True)]
        bench.note(f"check {name}: equal greedy tokens of 64", same)


def _reader(state: dict[str, torch.Tensor]) -> Read:
    """Give parts of another model's weights."""

    def read(name: str, rows: slice, columns: slice) -> torch.Tensor:
        weight = state[name]
        return weight[rows].clone() if weight.dim() == 1 else weight[rows, columns].contiguous()

    return read


def measure(bench: Bench, shape_name: str, load: Load, ours: Runner, theirs: Any) -> None:
    """Alternate ours and theirs; report output tokens a second."""
    shape, device = SHAPES[shape_name], ours.llama.weights.embedding.device
    taken: dict[str, list[float]] = {"ours": [], "theirs": []}
    for number in range(load.rounds):
        prompts = load.prompts(shape.vocabulary, number)

        def run(prompts: Prompts = prompts) -> None:
            answers = generate(ours, prompts, load.answer, step_tokens=8192)
            assert all(len(one) == load.answer for one in answers), "answers have a fixed length here"

        taken["ours"].append(timed(device, run))
        if theirs is not None and load.peer and number < 2 and bench.left > 60:
            with suppress(torch.OutOfMemoryError):
                taken["theirs"].append(timed(device, lambda p=prompts: peer_answers(theirs, p, load.answer)))  # type: ignore[misc]
    tokens = load.requests * load.answer
    for who, times in taken.items():
        if times:
            rates = sorted(tokens / one for one in times)
            spread = [round(rates[0], 1), round(rates[-1], 1)]
            bench.note(
                f"{shape_name} {load.name} {who}", {"tokens_per_s": round(median(rates), 1), "spread": spread}
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shape", choices=list(SHAPES), default="8b")
    parser.add_argument("--weights", choices=["bfloat16", "float8", "float32"], default="bfloat16")
    parser.add_argument("--accelerators", type=int, choices=[0, 1], default=1)
    parser.add_argument("--peer", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--check", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--loads", nargs="*", default=[load.name for load in LOADS])
    parser.add_argument("--cache-gib", type=float, default=0.0)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--out", type=Path, default=Path("engine.json"))
    given = parser.parse_args()
    bench = Bench(given.out, given.seconds)
    device = torch.device("cuda", 0) if given.accelerators else torch.device("cpu")
    name = torch.cuda.get_device_name(0) if given.accelerators else platform.processor()
    packages = {one: version(one) for one in ("torch", "transformers")}
    bench.note("machine", {"device": name, **packages, "weights": given.weights})
    if given.check:
        check(bench, device, given.accelerators)
    shape, spec = SHAPES[given.shape], settings(given.accelerators, given.weights, given.cache_gib)
    dtype = torch.float32 if given.weights == "float32" else torch.bfloat16
    weights = random_weights(shape, device, dtype, float8=given.weights == "float8")
    runner = make_runner(spec, shape, weights)
    bench.note("cache", {"blocks": runner.blocks, "block_size": runner.block_size})
    theirs = peer_model(given.shape, device, dtype) if given.peer else None
    for load in LOADS:
        if load.name in given.loads and bench.left > 30:
            generate(runner, load.prompts(shape.vocabulary, 99), 4, step_tokens=8192)  # warm
            if theirs is not None and load.peer:
                peer_answers(theirs, load.prompts(shape.vocabulary, 99), 4)
            measure(bench, given.shape, load, runner, theirs)
    bench.note("spec", asdict(spec))


if __name__ == "__main__":
    main()
