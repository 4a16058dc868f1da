"""A model folder's config is read strictly, and gives the published frequencies and sizes."""

from typing import Any

import pytest
import torch

from workloads.serve.shape import parse_shape

CONFIG: dict[str, Any] = {
    "model_type": "llama",
    "vocab_size": 100,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
}
LLAMA3 = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 256,
}


def test_all_mistakes_of_a_config_are_told_at_once() -> None:
    """A file of five mistakes gives one error that names the file and all five."""
    bad = {**CONFIG, "model_type": "gpt2", "vocab_size": "x", "hidden_act": "gelu", "attention_bias": True}
    bad["rope_scaling"] = {"rope_type": "yarn"}
    with pytest.raises(ValueError, match=r"there/config\.json") as caught:
        parse_shape(bad, "there/config.json")
    for part in ("model_type is 'gpt2'", "vocab_size is 'x'", "gelu", "attention_bias", "yarn"):
        assert part in str(caught.value)


def test_what_would_be_read_wrong_is_refused() -> None:
    """Packed weights, and a rope without its numbers, are told; they are not served as something else."""
    packed = {**CONFIG, "quantization_config": {"quant_method": "fp8"}}
    with pytest.raises(ValueError, match="quantization_config is set, only plain weights are read"):
        parse_shape(packed)
    with pytest.raises(ValueError, match="low_freq_factor of llama3's rope is None"):
        parse_shape({**CONFIG, "rope_parameters": {"rope_type": "llama3", "factor": 8.0}})
    with pytest.raises(ValueError, match="rope_parameters must be an object"):
        parse_shape({**CONFIG, "rope_parameters": "llama3"})


@pytest.mark.parametrize(
    "spelling",
    [
        {"rope_theta": 500_000.0, "rope_scaling": LLAMA3},
        {"rope_parameters": {**LLAMA3, "rope_theta": 500_000.0}},
    ],
)
def test_llama3_frequencies_are_those_of_transformers(spelling: dict[str, Any]) -> None:
    """Both spellings of the scaled rotary embedding give the reference's frequencies."""
    from transformers import LlamaConfig
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

    shape = parse_shape({**CONFIG, **spelling})
    theirs = LlamaConfig(**CONFIG, rope_parameters={**LLAMA3, "rope_theta": 500_000.0})
    expected, _ = ROPE_INIT_FUNCTIONS["llama3"](theirs, torch.device("cpu"))
    torch.testing.assert_close(torch.tensor(shape.rope.frequencies(shape.head)), expected)


def test_parameters_are_those_of_the_published_model() -> None:
    """The shape of Llama 3.1 8B has 8.03 billion weights."""
    config = {
        **CONFIG,
        "vocab_size": 128256,
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
    }
    assert parse_shape(config).parameters == 8_030_261_248
