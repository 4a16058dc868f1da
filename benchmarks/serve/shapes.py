"""Shapes to measure, with random weights: speed does not depend on their values."""

from workloads.serve.shape import Rope, Shape

LLAMA3 = Rope(theta=500_000.0, factor=8.0, low=1.0, high=4.0, original=8192)

SHAPES = {
    "8b": Shape(128256, 4096, 14336, 32, 32, 8, 128, 8192, 1e-5, LLAMA3, tied=False),
    "1b": Shape(128256, 2048, 8192, 16, 32, 8, 64, 8192, 1e-5, LLAMA3, tied=True),
    "tiny": Shape(512, 256, 768, 4, 8, 4, 32, 2048, 1e-5, Rope(theta=10_000.0), tied=False),
}
"""Llama 3.1 8B and Llama 3.2 1B as published in their config.json; tiny for a machine without a GPU."""


def as_transformers(shape: Shape) -> dict[str, object]:
    """Give the same shape as arguments of transformers' LlamaConfig."""
    rope: dict[str, object] = {"rope_type": "default", "rope_theta": shape.rope.theta}
    if shape.rope.original:
        rope |= {
            "rope_type": "llama3",
            "factor": shape.rope.factor,
            "low_freq_factor": shape.rope.low,
            "high_freq_factor": shape.rope.high,
            "original_max_position_embeddings": shape.rope.original,
        }
    return {
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.width,
        "intermediate_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": shape.head,
        "max_position_embeddings": shape.context,
        "rms_norm_eps": shape.epsilon,
        "rope_parameters": rope,
        "tie_word_embeddings": shape.tied,
        "bos_token_id": None,
        "eos_token_id": None,
        "pad_token_id": None,
    }
