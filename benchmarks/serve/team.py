"""One model over several GPUs: the same greedy tokens, and how much faster.

    python -m benchmarks.serve.team --folder /tmp/8b --shape 8b --accelerators 2 --out team.json
    python -m benchmarks.serve.team --folder /tmp/tiny --shape tiny --accelerators 2 --device cpu    (a laptop)

Writes random weights into the folder first if it is empty. Run it with 1 and with 2 accelerators and compare.
"""

import argparse
import hashlib
import json
import platform
from functools import partial
from importlib.metadata import version
from pathlib import Path

import torch
from safetensors.torch import save_file

from benchmarks.serve.engine import LOADS, Bench, timed
from benchmarks.serve.shapes import SHAPES, as_transformers
from workloads.serve.offline import generate
from workloads.serve.parallel import Plan, start_team
from workloads.serve.source import Folder, read_shape
from workloads.serve.spec import ServeSpec
from workloads.serve.start import start
from workloads.serve.weights import expected


def write_folder(folder: Path, name: str, device: torch.device, dtype: torch.dtype) -> None:
    """Make a model's folder of seeded random weights, large enough that ties between tokens are rare."""
    if (folder / "config.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator(device).manual_seed(0)
    tensors = {
        key: torch.ones(size, dtype=dtype)
        if len(size) == 1
        else torch.empty(size, device=device, dtype=dtype).normal_(0.0, 0.05, generator=generator).cpu()
        for key, size in expected(SHAPES[name]).items()
    }
    save_file(tensors, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({"model_type": "llama", **as_transformers(SHAPES[name])}))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--shape", choices=list(SHAPES), default="8b")
    parser.add_argument("--accelerators", type=int, default=2)
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    parser.add_argument("--weights", choices=["bfloat16", "float32"], default="bfloat16")
    parser.add_argument("--loads", nargs="*", default=["one", "128x128/128"])
    parser.add_argument("--out", type=Path, default=Path("team.json"))
    given = parser.parse_args()
    bench, cuda = Bench(given.out, 300), given.device == "cuda"
    device = torch.device("cuda", 0) if cuda else torch.device("cpu")
    write_folder(
        given.folder, given.shape, device, torch.bfloat16 if given.weights == "bfloat16" else torch.float32
    )
    fields = {"accelerators": given.accelerators if cuda else 0, "context": 2048, "weights": given.weights}
    spec = ServeSpec.parse({**fields, "cache_gib": 8 if cuda else 0.1, "step_tokens": 8192})
    source = Folder(given.folder)
    shape = read_shape(source)
    plan = Plan(spec, shape, str(given.folder), "", "", given.accelerators, given.device)
    runner = start(spec, source, shape) if given.accelerators == 1 else start_team(plan)
    name = torch.cuda.get_device_name(0) if cuda else platform.processor() or platform.machine()
    bench.note("machine", {"device": name, "torch": version("torch")})
    bench.note("started", {"device": given.device, "processes": given.accelerators, "shape": given.shape})
    prompts = LOADS[0].prompts(shape.vocabulary, 1) + LOADS[1].prompts(shape.vocabulary, 2)[:3]
    answers = generate(runner, prompts, 32)
    told = hashlib.sha256(json.dumps(answers).encode()).hexdigest()[:16]
    bench.note("greedy answers", {"sha256": told, "first": [one[:4] for one in answers]})
    for load in LOADS:
        if load.name in given.loads:
            work = load.prompts(shape.vocabulary, 0)
            seconds = timed(device, partial(generate, runner, work, load.answer, step_tokens=8192))
            bench.note(load.name, {"tokens_per_s": round(load.requests * load.answer / seconds, 1)})
    runner.close()


if __name__ == "__main__":
    main()
