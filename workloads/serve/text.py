"""Text to tokens and back: tokenizer, chat template, and answers that grow a token at a time."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer

from workloads.serve.errors import RefusedError, invalid
from workloads.serve.source import Source, read_json

REPLACEMENT = "\ufffd"
"""What a decoder writes for bytes that are no whole character yet."""
TAIL = 6
"""Tokens of the prompt that are decoded with an answer which goes on from it: more than a character of four bytes."""
_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
"""A token of one byte, as tokenizers of the SentencePiece kind name it."""


def _alphabet() -> dict[str, int]:
    """Give the byte behind each character of a byte-level token, as GPT-2 fixed it: printable bytes are themselves."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(256 + n): byte for n, byte in enumerate(rest)}


_ALPHABET = _alphabet()


@dataclass(frozen=True)
class Words:
    """A model's tokenizer with its end tokens and its chat template."""

    tokenizer: Tokenizer
    """Encodes and decodes."""
    ends: frozenset[int]
    """Tokens that end an answer."""
    template: str | None
    """Jinja source of the chat template, if the folder has one."""
    special: Mapping[str, str]
    """Texts of `bos_token`, `eos_token` and the like, for the template."""

    def encode(self, text: str, *, special: bool = True) -> list[int]:
        """Give token ids, by default with what the tokenizer puts around a prompt."""
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=special).ids
        return ids

    def decode(self, tokens: Sequence[int]) -> str:
        """Give the text without special tokens."""
        text: str = self.tokenizer.decode(tokens, skip_special_tokens=True)
        return text

    def piece(self, token: int) -> str:
        """Give one token's own text, special or not, for logprobs; with the space that decoders drop at a beginning."""
        before, start = self._before
        text: str = self.tokenizer.decode([*before, token], skip_special_tokens=False)
        return text[start:]

    def raw(self, token: int) -> bytes:
        """Give one token's own bytes, which may be a part of a character only."""
        name, text = self.tokenizer.id_to_token(token) or "", self.piece(token)
        byte = _BYTE.fullmatch(name)
        if byte and text != name:
            return bytes([int(byte[1], 16)])
        if REPLACEMENT in text and all(letter in _ALPHABET for letter in name):
            return bytes(_ALPHABET[letter] for letter in name)
        return text.encode()

    @cached_property
    def _before(self) -> tuple[list[int], int]:
        """An ordinary token to decode another one after, and the length of its text."""
        ids = self.encode("a", special=False)
        return ids, len(self.tokenizer.decode(ids, skip_special_tokens=False))

    def chat(self, messages: Sequence[Mapping[str, Any]]) -> str:
        """Render a conversation with the folder's template, in a sandbox."""
        if self.template is None:
            raise invalid(
                "this model has no chat template; use /v1/completions", "messages", code="no_chat_template"
            )
        try:
            return (
                _environment()
                .from_string(self.template)
                .render(
                    messages=messages, add_generation_prompt=True, tools=None, documents=None, **self.special
                )
            )
        except (TemplateError, RefusedError) as error:
            raise invalid(f"the chat template refuses these messages: {error}", "messages") from None


def read_words(source: Source) -> Words:
    """Read tokenizer.json, tokenizer_config.json, generation_config.json and the chat template."""
    if not source.has("tokenizer.json"):
        raise ValueError(f"{source}: no tokenizer.json there")
    tokenizer = _tokenizer(source)
    settings = read_json(source, "tokenizer_config.json")
    special = {name: _text(value) for name, value in settings.items() if name.endswith("_token") and value}
    ends = _ends(source)
    if not ends and "eos_token" in special:
        ends = frozenset(one for one in [tokenizer.token_to_id(special["eos_token"])] if one is not None)
    return Words(tokenizer, ends, _template(source, settings), special)


def _tokenizer(source: Source) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_str(source.read("tokenizer.json").decode())
    except Exception as error:  # noqa: BLE001 - the library raises nothing narrower
        raise ValueError(f"{source}/tokenizer.json: no tokenizer ({error})") from None
    # settings of its training that the file may carry: a prompt is neither cut nor filled up in silence
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _ends(source: Source) -> frozenset[int]:
    for name in ("generation_config.json", "config.json"):
        found = read_json(source, name).get("eos_token_id")
        if found is not None:
            return frozenset(found if isinstance(found, list) else [found])
    return frozenset()


def _text(value: Any) -> str:
    """Read a special token: plain text, or an object with its content."""
    return str(value["content"] if isinstance(value, dict) else value)


def _template(source: Source, settings: Mapping[str, Any]) -> str | None:
    if source.has("chat_template.jinja"):
        return source.read("chat_template.jinja").decode()
    given = settings.get("chat_template")
    if isinstance(given, list):
        return next((str(one["template"]) for one in given if one.get("name") == "default"), None)
    return given


def _environment() -> ImmutableSandboxedEnvironment:
    """Make the environment that Hugging Face's templates are written for."""
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = lambda value, indent=None: json.dumps(
        value, ensure_ascii=False, indent=indent
    )
    environment.globals["raise_exception"] = _raise
    environment.globals["strftime_now"] = lambda form: datetime.now(UTC).strftime(form)
    return environment


def _raise(message: str) -> None:
    raise TemplateError(message)


class Transcript:
    """One answer's text as it grows. What may be the beginning of a stop text is held back until it is clear."""

    def __init__(self, words: Words, stops: Sequence[str], prompt: Sequence[int] = ()) -> None:
        """Begin after a prompt, so that the first word keeps its space; without one the text stands alone."""
        self.words, self.stops = words, stops
        self.stopped = False
        self._tokens = list(prompt[-TAIL:])
        if words.decode(self._tokens).endswith(REPLACEMENT):  # cut inside a character
            self._tokens = []
        self._from = 0
        self._shown = len(self._tokens)
        self._pending = ""

    def add(self, token: int) -> str:
        """Take a token and give the text that is certain now."""
        self._tokens.append(token)
        return self._release(self._new_text(), last=False)

    def end(self) -> str:
        """Give what was held back; bytes that never became a character are shown as such."""
        if self.stopped:
            return ""
        before = self.words.decode(self._tokens[self._from : self._shown])
        rest = self.words.decode(self._tokens[self._from :])[len(before) :]
        self._shown = len(self._tokens)
        return self._release(rest, last=True)

    def _new_text(self) -> str:
        """Decode from a few tokens before, since a token's text can depend on its neighbour."""
        before = self.words.decode(self._tokens[self._from : self._shown])
        now = self.words.decode(self._tokens[self._from :])
        if len(now) <= len(before) or now.endswith(REPLACEMENT):
            return ""
        self._from, self._shown = self._shown, len(self._tokens)
        return now[len(before) :]

    def _release(self, text: str, *, last: bool) -> str:
        if not self.stops:
            return text
        text = self._pending + text
        found = [at for at in (text.find(stop) for stop in self.stops) if at >= 0]
        if found:
            self.stopped, self._pending = True, ""
            return text[: min(found)]
        held = 0 if last else max(_overlap(text, stop) for stop in self.stops)
        self._pending = text[len(text) - held :]
        return text[: len(text) - held]


def _overlap(text: str, stop: str) -> int:
    """Give the length of the longest end of `text` that begins `stop`."""
    longest = min(len(text), len(stop) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(stop[:size])), 0)
