"""The shape of a Llama, read from a Hugging Face `config.json`. No torch here."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rope:
    """Rotary position embedding."""

    theta: float
    """Base of the frequencies."""
    factor: float = 1.0
    """How much longer the context is than in training; 1 changes nothing."""
    low: float = 1.0
    """Wavelengths longer than `original / low` are stretched in full (Llama 3)."""
    high: float = 4.0
    """Wavelengths shorter than `original / high` are left alone (Llama 3)."""
    original: int = 0
    """Context of the first training in tokens; 0 stretches every wavelength alike (linear)."""

    def frequencies(self, width: int) -> list[float]:
        """Give the `width / 2` angular frequencies per position."""
        plain = [self.theta ** (-2 * i / width) for i in range(width // 2)]
        return [self._stretch(one) for one in plain]

    def _stretch(self, frequency: float) -> float:
        if not self.original:
            return frequency / self.factor
        turns = self.original * frequency / (2 * math.pi)
        smooth = min(1.0, max(0.0, (turns - self.low) / (self.high - self.low)))
        return (1 - smooth) * frequency / self.factor + smooth * frequency


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a Llama-shaped model."""

    vocabulary: int
    """Rows of the embedding."""
    width: int
    """Size of the residual stream."""
    hidden: int
    """Inner size of the feed-forward part."""
    layers: int
    """Number of blocks."""
    heads: int
    """Query heads."""
    kv_heads: int
    """Key and value heads; divides `heads`."""
    head: int
    """Size of one head."""
    context: int
    """Positions that the model was made for, in tokens."""
    epsilon: float
    """Added to the mean square in RMSNorm."""
    rope: Rope
    """Rotary embedding."""
    tied: bool
    """Whether the output layer is the embedding."""

    @property
    def parameters(self) -> int:
        """Count the weights."""
        block = self.width * self.head * (self.heads * 2 + self.kv_heads * 2) + 3 * self.width * self.hidden
        ends = self.vocabulary * self.width * (1 if self.tied else 2)
        return self.layers * (block + 2 * self.width) + ends + self.width


FAMILIES = ("llama", "mistral")
"""Values of `model_type` with this arithmetic."""


def parse_shape(config: Mapping[str, Any], where: str = "config.json") -> Shape:
    """Read a shape, or say everything that is wrong with the file at once."""
    problems = list(_problems(config))
    if problems:
        raise ValueError(f"{where}: " + "; ".join(problems))
    heads = int(config["num_attention_heads"])
    return Shape(
        vocabulary=int(config["vocab_size"]),
        width=int(config["hidden_size"]),
        hidden=int(config["intermediate_size"]),
        layers=int(config["num_hidden_layers"]),
        heads=heads,
        kv_heads=int(config.get("num_key_value_heads") or heads),
        head=int(config.get("head_dim") or config["hidden_size"] // heads),
        context=int(config["max_position_embeddings"]),
        epsilon=float(config.get("rms_norm_eps", 1e-6)),
        rope=_rope(config),
        tied=bool(config.get("tie_word_embeddings", False)),
    )


_SIZES = (
    "vocab_size",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "max_position_embeddings",
)


def _problems(config: Mapping[str, Any]) -> list[str]:
    family = config.get("model_type")
    found = (
        [] if family in FAMILIES else [f"model_type is {family!r}, this server runs {' and '.join(FAMILIES)}"]
    )
    found += [
        f"{name} is {config.get(name)!r}, it must be a positive integer"
        for name in _SIZES
        if not isinstance(config.get(name), int) or config[name] <= 0
    ]
    if config.get("hidden_act", "silu") != "silu":
        found.append(f"hidden_act is {config['hidden_act']!r}, only silu is known")
    found += [
        f"{name} is set, biases are not read" for name in ("attention_bias", "mlp_bias") if config.get(name)
    ]
    if config.get("sliding_window"):
        found.append("sliding_window is set, only full attention is known")
    if config.get("quantization_config"):
        found.append(
            "quantization_config is set, only plain weights are read; `weights` rounds them to float8"
        )
    return found + _rope_problems(config)


def _rope_problems(config: Mapping[str, Any]) -> list[str]:
    if not isinstance(config.get("rope_parameters") or config.get("rope_scaling") or {}, Mapping):
        return ["rope_parameters must be an object"]
    settings = _rope_settings(config)
    kind = settings["rope_type"]
    if kind not in {"default", "linear", "llama3"}:
        return [f"rope_type is {kind!r}, it must be default, linear or llama3"]
    needed = ("factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings")
    return [
        f"{name} of llama3's rope is {settings.get(name)!r}, it must be a number"
        for name in (needed if kind == "llama3" else ())
        if not isinstance(settings.get(name), int | float)
    ]


def _rope_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Both spellings: `rope_parameters` since transformers 5, `rope_scaling` with `rope_theta` before."""
    settings = dict(config.get("rope_parameters") or config.get("rope_scaling") or {})
    settings.setdefault("rope_type", settings.get("type", "default"))
    settings.setdefault("rope_theta", config.get("rope_theta") or 10_000.0)
    return settings


def _rope(config: Mapping[str, Any]) -> Rope:
    settings = _rope_settings(config)
    theta, factor = float(settings["rope_theta"]), float(settings.get("factor") or 1.0)
    if settings["rope_type"] == "default":
        return Rope(theta)
    if settings["rope_type"] == "linear":
        return Rope(theta, factor)
    return Rope(
        theta,
        factor,
        low=float(settings["low_freq_factor"]),
        high=float(settings["high_freq_factor"]),
        original=int(settings["original_max_position_embeddings"]),
    )
