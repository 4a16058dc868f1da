"""The seam between the scheduler and a model: what to compute in one step, and what came out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Sampling:
    """How one sequence draws its tokens. The defaults are greedy."""

    temperature: float = 0.0
    """0 takes the likeliest token; above, the distribution's sharpness (OpenAI allows up to 2)."""
    top_p: float = 1.0
    """Keep the likeliest tokens whose probabilities reach this sum; 1 keeps all."""
    top_k: int = 0
    """Keep this many of the likeliest tokens; 0 keeps all."""
    seed: int = 0
    """The same seed draws the same tokens, whatever else runs in the batch."""
    logprobs: int | None = None
    """How many alternatives to report with each token; none by default."""
    presence_penalty: float = 0.0
    """Taken off the logit of each token that was already drawn."""
    frequency_penalty: float = 0.0
    """Taken off the logit for each time that a token was drawn."""
    bias: tuple[tuple[int, float], ...] = ()
    """Added to the logits of these token ids."""

    @property
    def plain(self) -> bool:
        """Tell whether the token is simply the largest logit, so that the argmax is the whole work."""
        return self.temperature == 0.0 and self.logprobs is None and not self.adjusts

    @property
    def adjusts(self) -> bool:
        """Tell whether logits change before the draw."""
        return bool(self.bias or self.presence_penalty or self.frequency_penalty)


class Draw(NamedTuple):
    """The wish to draw one token after the last token of a slice."""

    sampling: Sampling
    """How to draw."""
    counter: int
    """Tokens drawn so far: the counter of the random draw."""
    output: Sequence[int] = ()
    """These tokens, where penalties need them; else empty."""


class Slice(NamedTuple):
    """A run of one sequence's tokens to compute in this step."""

    tokens: Sequence[int]
    """Token ids, at least one."""
    start: int
    """Position of the first of them; everything before it is in the cache already."""
    blocks: Sequence[int]
    """Cache blocks of the sequence, in order, enough for `start + len(tokens)`."""
    draw: Draw | None
    """None while a prompt is computed in parts and this is not its last."""


class Drawn(NamedTuple):
    """One drawn token."""

    token: int
    """Its id."""
    logprob: float = 0.0
    """Natural logarithm of its probability, where logprobs were asked for."""
    top: tuple[tuple[int, float], ...] = ()
    """The likeliest tokens with their logarithms, likeliest first."""


class Model(Protocol):
    """What the engine runs. Tests and benchmarks bring one of their own that costs nothing."""

    blocks: int
    """Cache blocks it has."""
    block_size: int
    """Tokens in a block."""
    context: int
    """Longest sequence, prompt and answer together, in tokens."""

    def run(self, slices: Sequence[Slice]) -> list[Drawn]:
        """Compute the slices, one-token slices first, and give one token for each slice that draws, in order."""

    def close(self) -> None:
        """Let go of devices and processes."""


class Constant:
    """A model without cost: it always draws the same token. What remains is the server's own overhead."""

    def __init__(
        self, token: int = 1, blocks: int = 1 << 16, block_size: int = 16, context: int = 4096
    ) -> None:
        self.blocks, self.block_size, self.context = blocks, block_size, context
        self._drawn = Drawn(token)

    def run(self, slices: Sequence[Slice]) -> list[Drawn]:
        """Draw the one token for each slice that asks."""
        return [self._drawn for piece in slices if piece.draw is not None]

    def close(self) -> None:
        """Nothing is held."""
