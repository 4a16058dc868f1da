"""The model against transformers, on the same files."""

import warnings
from pathlib import Path

import pytest
import torch

from workloads.serve.batch import Sampling
from workloads.serve.offline import generate
from workloads.serve.runner import Runner
from workloads.serve.source import Folder, read_shape
from workloads.serve.spec import ServeSpec
from workloads.serve.start import start

PROMPTS = [[5, 9, 200], list(range(10, 90)), [7] * 33, [*range(10, 74), 3, 3], [300]]
LIMIT = 40


def runner(folder: Path, **fields: object) -> Runner:
    """Load the model with the given settings."""
    source = Folder(folder)
    return start(ServeSpec.parse({"cache_gib": 0.01, **fields}), source, read_shape(source))


@pytest.fixture(scope="module")
def expected(folder: Path) -> list[list[int]]:
    """What transformers' generate draws, greedily, one prompt at a time."""
    from transformers import LlamaForCausalLM

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # transformers' own
        model = LlamaForCausalLM.from_pretrained(folder).eval()
        fixed = {"max_new_tokens": LIMIT, "do_sample": False, "eos_token_id": None, "pad_token_id": 0}
        found = [model.generate(torch.tensor([prompt]), **fixed)[0] for prompt in PROMPTS]
    return [one[len(prompt) :].tolist() for one, prompt in zip(found, PROMPTS, strict=True)]


@pytest.mark.parametrize("step_tokens", [4096, 37])
def test_greedy_answers_are_those_of_transformers(
    folder: Path, expected: list[list[int]], step_tokens: int
) -> None:
    """Token for token, with prompts computed whole or in parts, all in one batch and with reuse."""
    assert generate(runner(folder), PROMPTS, LIMIT, step_tokens=step_tokens) == expected


def test_a_cache_too_small_for_all_changes_no_token(folder: Path, expected: list[list[int]]) -> None:
    """Preempted sequences start again and end the same."""
    model = runner(folder)
    model.blocks = 9
    assert generate(model, PROMPTS, LIMIT) == expected


def test_eight_bit_weights_stay_close(folder: Path, expected: list[list[int]]) -> None:
    """The first token after each prompt is the same, and the answers are not all equal to the exact ones by chance."""
    found = generate(runner(folder, weights="float8"), PROMPTS, LIMIT)
    assert [one[0] for one in found] == [one[0] for one in expected]


def test_a_seed_draws_the_same_alone_and_in_a_crowd(folder: Path) -> None:
    """Neighbours in the batch do not change a seeded answer; another seed does."""
    model, warm = runner(folder), Sampling(temperature=0.8, top_p=0.9, seed=11)
    crowd = generate(model, PROMPTS, 12, sampling=warm)
    assert crowd[1] == generate(model, [PROMPTS[1]], 12, sampling=warm)[0]
    assert crowd[1] != generate(model, [PROMPTS[1]], 12, sampling=Sampling(temperature=0.8, seed=12))[0]


def test_weights_that_do_not_fit_the_config_are_named(folder: Path, tmp_path: Path) -> None:
    """A folder whose config.json was changed says which tensors disagree."""
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).symlink_to(folder / name)
    config = (
        (folder / "config.json").read_text().replace('"intermediate_size": 80', '"intermediate_size": 96')
    )
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(
        ValueError, match=r"mlp\.gate_proj\.weight is \(80, 32\), config\.json says \(96, 32\)"
    ):
        runner(tmp_path)


def test_a_folder_that_is_not_whole_says_what_is_missing(folder: Path, tmp_path: Path) -> None:
    """A cut file of weights, a shard that is not there and an index without files are one clear error each."""
    (tmp_path / "config.json").symlink_to(folder / "config.json")
    whole = (folder / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"model\.safetensors: not a whole safetensors file"):
        runner(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    index = tmp_path / "model.safetensors.index.json"
    index.write_text('{"weight_map": {"model.norm.weight": "model-00001-of-00002.safetensors"}}')
    with pytest.raises(ValueError, match=r"model-00001-of-00002\.safetensors of .* is not there"):
        runner(tmp_path)
    index.write_text('{"weight_map": ["model.safetensors"]}')
    with pytest.raises(ValueError, match=r"index\.json: no weight_map in it"):
        runner(tmp_path)


def test_a_context_beyond_the_model_is_refused(folder: Path) -> None:
    """The spec cannot ask for more positions than the model has."""
    with pytest.raises(ValueError, match=r"context is 512, the model's max_position_embeddings is 256"):
        runner(folder, context=512)


def test_more_gpus_than_there_are_is_refused(folder: Path) -> None:
    """The error says how many there are and what serves without."""
    with pytest.raises(ValueError, match=r"accelerators is 64, this machine has .* 0 serves on the CPU"):
        runner(folder, accelerators=64)
