"""The bodies of OpenAI's requests, checked field by field."""

import random
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from workloads.serve.batch import Sampling
from workloads.serve.errors import RefusedError, invalid

# The first bad item ends the check: telling of a million of them would stop every other request for seconds.
Stops = Annotated[list[Annotated[str, Field(min_length=1)]], Field(max_length=4, fail_fast=True)]
Ids = Annotated[list[Annotated[int, Field(ge=0, strict=True)]], Field(min_length=1, fail_fast=True)]


class StreamOptions(BaseModel):
    """Choices for a stream."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    include_usage: bool = False
    """Send the usage in a last chunk."""
    continuous_usage_stats: bool = False
    """Send it in every other chunk too (an extension that vLLM has; its benchmark and guidellm ask for it)."""
    include_obfuscation: bool = False
    """Accepted: no chunk is padded, which OpenAI does unless told not to."""


class Body(BaseModel):
    """What both kinds of request share. Unknown fields are refused: none is ignored in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    model: str = ""
    """Name of the model; empty takes the one that is served."""
    temperature: float = Field(1.0, ge=0, le=2, allow_inf_nan=False)
    """0 is greedy."""
    top_p: float = Field(1.0, gt=0, le=1)
    """Sum of the probabilities to keep."""
    top_k: int = Field(0, ge=0)
    """Tokens to keep, 0 for all (an extension that vLLM has too)."""
    n: int = Field(1, ge=1, le=128)
    """Answers for each prompt."""
    stream: bool = False
    """Send tokens as they come."""
    stream_options: StreamOptions | None = None
    """Only with `stream`."""
    stop: Annotated[str, Field(min_length=1)] | Stops | None = None
    """Up to four texts that end the answer; they are not part of it."""
    seed: int | None = Field(None, ge=-(2**63), lt=2**63)
    """The same seed gives the same answer."""
    presence_penalty: float = Field(0.0, ge=-2, le=2)
    """Against tokens that occurred."""
    frequency_penalty: float = Field(0.0, ge=-2, le=2)
    """Against tokens that occurred often."""
    repetition_penalty: float = Field(1.0, ge=1, le=1)
    """Not supported but as 1, which is none: vLLM's own benchmark sends that."""
    logit_bias: dict[str, Annotated[float, Field(ge=-100, le=100)]] | None = None
    """Token id to what is added to its logit."""
    ignore_eos: bool = False
    """Draw on after the end token (an extension that vLLM has too)."""
    min_tokens: int = Field(0, ge=0)
    """Tokens before an end token counts (an extension that vLLM has too)."""
    user: str | None = None
    """Accepted and logged nowhere."""
    safety_identifier: str | None = None
    """Its newer name: accepted and logged nowhere."""
    prompt_cache_key: str | None = None
    """Accepted: prompts that begin alike share their blocks without it."""
    metadata: dict[str, str] | None = None
    """Accepted and kept nowhere."""
    store: Literal[False] = False
    """Not supported: answers are not kept."""
    service_tier: Literal["auto", "default"] | None = None
    """There is one tier."""

    @property
    def stops(self) -> list[str]:
        """The stop texts."""
        return [self.stop] if isinstance(self.stop, str) else list(self.stop or [])

    def sampling(self, logprobs: int | None, vocabulary: int) -> Sampling:
        """Give the drawing rule; without a seed a random one is taken, once for the request."""
        seed = random.getrandbits(62) if self.seed is None else self.seed
        return Sampling(
            temperature=self.temperature,
            top_p=self.top_p,
            top_k=self.top_k,
            seed=seed,
            logprobs=logprobs,
            presence_penalty=self.presence_penalty,
            frequency_penalty=self.frequency_penalty,
            bias=tuple(_biases(self.logit_bias or {}, vocabulary)),
        )


class CompletionBody(Body):
    """A request to /v1/completions."""

    prompt: (
        str
        | Annotated[list[str], Field(min_length=1, max_length=128, fail_fast=True)]
        | Ids
        | Annotated[list[Ids], Field(min_length=1, max_length=128, fail_fast=True)]
    )
    """A text, token ids, or a list of either."""
    max_tokens: int = Field(16, ge=1)
    """Tokens to draw at most."""
    logprobs: int | None = Field(None, ge=0, le=5)
    """Alternatives to report with each token."""
    echo: Literal[False] = False
    """Not supported: the prompt is not repeated."""
    best_of: int | None = None
    """Answers to draw; only `n`, as all are given."""
    suffix: None = None
    """Not supported: answers go on, they do not fill in."""


class Part(BaseModel):
    """A part of a message; only text is understood."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    type: Literal["text"]
    """Kind of the part."""
    text: str
    """Its text."""


class Message(BaseModel):
    """A turn of the conversation."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    role: Literal["system", "developer", "user", "assistant"]
    """Who speaks."""
    content: str | Annotated[list[Part], Field(fail_fast=True)]
    """What is said."""
    name: str | None = None
    """Passed on to the template."""

    def plain(self) -> dict[str, str]:
        """Give the message as templates expect it."""
        text = self.content if isinstance(self.content, str) else "".join(part.text for part in self.content)
        return {"role": self.role, "content": text, **({"name": self.name} if self.name else {})}


class Plain(BaseModel):
    """The one form of answers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    type: Literal["text"]
    """Kind of the answer."""


class ChatBody(Body):
    """A request to /v1/chat/completions."""

    messages: Annotated[list[Message], Field(min_length=1, fail_fast=True)]
    """The conversation so far."""
    max_tokens: int | None = Field(None, ge=1)
    """Tokens to draw at most; none fills the context."""
    max_completion_tokens: int | None = Field(None, ge=1)
    """The newer name of `max_tokens`."""
    logprobs: bool = False
    """Report the logarithm of each token's probability."""
    top_logprobs: int | None = Field(None, ge=0, le=20)
    """Alternatives to report; needs `logprobs`."""
    response_format: Plain | None = None
    """Only text: answers are held to no schema."""
    modalities: list[Literal["text"]] | None = None
    """Only text."""
    tools: Annotated[list[Any], Field(max_length=0)] | None = None
    """Not supported: a list without tools."""
    tool_choice: Literal["none"] | None = None
    """Not supported but as none."""


B = TypeVar("B", bound=Body)


def read_body(kind: type[B], content: bytes) -> B:
    """Parse a request, or refuse it with the first field that is wrong."""
    try:
        body = _parse(kind, content)
    except ValidationError as error:
        raise _first(error, kind) from None
    if body.stream_options is not None and not body.stream:
        raise invalid("stream_options needs stream to be true", "stream_options")
    if isinstance(body, CompletionBody) and body.best_of not in {None, body.n}:
        raise invalid("best_of: only as many as n, since all answers are given", "best_of")
    if isinstance(body, ChatBody) and body.top_logprobs is not None and not body.logprobs:
        raise invalid("top_logprobs needs logprobs to be true", "top_logprobs")
    return body


def _parse(kind: type[B], content: bytes) -> B:
    """Take a null for a choice that was not made, as OpenAI does; it is looked for only where one is in the way."""
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        if all(one["input"] is not None for one in error.errors(include_url=False)):
            raise
    return kind.model_validate(_made(from_json(content)))


def _made(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _made(inner) for name, inner in value.items() if inner is not None}
    return [_made(inner) for inner in value] if isinstance(value, list) else value


def _first(error: ValidationError, kind: type[Body]) -> RefusedError:
    """Turn pydantic's first complaint into OpenAI's form; a union's branches are one field."""
    details = error.errors(include_url=False, include_input=False)
    where, text = details[0]["loc"], details[0]["msg"]
    if not where:
        found = f"is not JSON: {text.removeprefix('Invalid JSON: ')}"
        text = found if details[0]["type"] == "json_invalid" else "must be a JSON object"
        return invalid(f"the body {text}", None, code="invalid_json")
    name = str(where[0])
    if details[0]["type"] == "missing" and len(where) == 1:
        return invalid(f"{name} is required", name, code="missing_required_parameter")
    if name not in kind.model_fields:
        return invalid(f"{name} is not a parameter of this server", name, code="unknown_parameter")
    path = ".".join(str(one) for one in where if isinstance(one, int) or one in _NAMES or one == name)
    branches = dict.fromkeys(one["msg"] for one in details if one["loc"][0] == name)
    return invalid(f"{path}: {', or '.join(branches)}", path)


_NAMES = {*Message.model_fields, *Part.model_fields, *Plain.model_fields, *StreamOptions.model_fields}


def _biases(given: Mapping[str, float], vocabulary: int) -> list[tuple[int, float]]:
    found = []
    for token, amount in given.items():
        if not token.isdecimal() or int(token) >= vocabulary:
            raise invalid(f"logit_bias: {token!r} is no token id of this model", "logit_bias")
        found.append((int(token), amount))
    return found
