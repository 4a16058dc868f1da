"""The trained model as a Hugging Face folder in the store: safetensors, configuration, tokenizer."""

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from workloads.pretrain.shape import Shape
from workloads.pretrain.tokens import END
from workloads.store import Store
from workloads.store.files import require_space


def export(
    weights: dict[str, Tensor], shape: Shape, tokenizer: bytes, *, store: Store, prefix: str, scratch: Path
) -> str:
    """Write the folder under `prefix` and give the SHA-256 of its weights, in hexadecimal.

    config.json comes last, so that a folder with it is whole.

    Args:
        weights: All weights by the names of `model.Transformer`, in fp32 on the CPU.
        shape: Dimensions of the model.
        tokenizer: Contents of tokenizer.json.
        store: Where the folder goes.
        prefix: Name of the folder, such as runs/pretrain/export.
        scratch: Private local folder for the file while it is written.
    """
    file = scratch / "model.safetensors"
    named = llama_names(weights, shape) if shape.family == "llama" else gpt2_names(weights, shape)
    require_space(scratch, file.name, sum(tensor.nbytes for tensor in named.values()))
    file.touch(0o600)
    try:
        save_file(
            {name: tensor.contiguous().clone() for name, tensor in named.items()}, file, {"format": "pt"}
        )
        with file.open("rb") as weights_file:
            digest = hashlib.file_digest(weights_file, "sha256").hexdigest()
        store.put(f"{prefix}/tokenizer.json", tokenizer)
        store.put(f"{prefix}/tokenizer_config.json", _json(tokenizer_config(shape)))
        store.put(f"{prefix}/generation_config.json", _json({"bos_token_id": 0, "eos_token_id": 0}))
        store.upload(file, f"{prefix}/model.safetensors")
        store.put(f"{prefix}/config.json", _json(config(shape)))
        return digest
    finally:
        file.unlink(missing_ok=True)


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, indent=2).encode()


def tokenizer_config(shape: Shape) -> dict[str, Any]:
    """Give tokenizer_config.json."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": END,
        "eos_token": END,
        "unk_token": END,
        "model_max_length": shape.context,
        "clean_up_tokenization_spaces": False,
    }


def config(shape: Shape) -> dict[str, Any]:
    """Give config.json, of LlamaForCausalLM or GPT2LMHeadModel."""
    common = {
        "vocab_size": shape.vocab,
        "bos_token_id": 0,
        "eos_token_id": 0,
        "tie_word_embeddings": shape.tied,
        "torch_dtype": "float32",
    }
    if shape.family == "gpt2":
        return common | {
            "architectures": ["GPT2LMHeadModel"],
            "model_type": "gpt2",
            "n_positions": shape.context,
            "n_embd": shape.width,
            "n_layer": shape.layers,
            "n_head": shape.heads,
            "n_inner": shape.hidden,
            "activation_function": "gelu",
            "layer_norm_epsilon": shape.norm_eps,
        }
    return common | {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "max_position_embeddings": shape.context,
        "hidden_size": shape.width,
        "intermediate_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": shape.head_dim,
        "hidden_act": "silu",
        "rms_norm_eps": shape.norm_eps,
        "rope_theta": shape.rope_theta,
        "attention_bias": shape.bias,
        "mlp_bias": shape.bias,
    }


def _split_qkv(tensor: Tensor, shape: Shape) -> tuple[Tensor, Tensor, Tensor]:
    """Take rows that go by group apart into query, key and value rows."""
    queries = shape.heads // shape.kv_heads
    groups = tensor.reshape(shape.kv_heads, queries + 2, shape.head_dim, *tensor.shape[1:])
    q, k, v = torch.split(groups, [queries, 1, 1], dim=1)
    return q.flatten(0, 2), k.flatten(0, 2), v.flatten(0, 2)


_LLAMA = {
    "attention_norm": "input_layernorm",
    "mlp_norm": "post_attention_layernorm",
    "attention.out": "self_attn.o_proj",
    "mlp.gate": "mlp.gate_proj",
    "mlp.up": "mlp.up_proj",
    "mlp.down": "mlp.down_proj",
}

_GPT2 = {
    "attention_norm": "ln_1",
    "mlp_norm": "ln_2",
    "attention.qkv": "attn.c_attn",
    "attention.out": "attn.c_proj",
    "mlp.up": "mlp.c_fc",
    "mlp.down": "mlp.c_proj",
}


def llama_names(weights: dict[str, Tensor], shape: Shape) -> dict[str, Tensor]:
    """Give the weights by the names of LlamaForCausalLM."""
    outside = {
        "embed.weight": "model.embed_tokens.weight",
        "norm.weight": "model.norm.weight",
        "head.weight": "lm_head.weight",
    }
    named: dict[str, Tensor] = {}
    for name, tensor in weights.items():
        if name in outside:
            named[outside[name]] = tensor
            continue
        _, layer, part = name.split(".", 2)
        module, kind = part.rsplit(".", 1)
        if module == "attention.qkv":
            for letter, rows in zip("qkv", _split_qkv(tensor, shape), strict=True):
                named[f"model.layers.{layer}.self_attn.{letter}_proj.{kind}"] = rows
        else:
            named[f"model.layers.{layer}.{_LLAMA[module]}.{kind}"] = tensor
    return named


def gpt2_names(weights: dict[str, Tensor], shape: Shape) -> dict[str, Tensor]:
    """Give the weights by the names of GPT2LMHeadModel, matrices transposed and absent biases as zeros."""
    outside = {"embed.weight": "wte.weight", "positions.weight": "wpe.weight"}
    named = {f"transformer.{outside[name]}": tensor for name, tensor in weights.items() if name in outside}
    for name, tensor in weights.items():
        if name in outside:
            continue
        module, kind = name.rsplit(".", 1)
        if module == "norm":
            target = "transformer.ln_f"
        else:
            _, layer, part = module.split(".", 2)
            target = f"transformer.h.{layer}.{_GPT2[part]}"
        value = torch.cat(_split_qkv(tensor, shape)) if module.endswith("qkv") else tensor
        named[f"{target}.{kind}"] = value.T if value.dim() == 2 else value
        if not shape.bias:
            named[f"{target}.bias"] = torch.zeros(value.shape[0])
    return named
