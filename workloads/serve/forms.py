"""OpenAI's reply objects for the two kinds of request."""

import time
from collections.abc import Sequence
from typing import Any, Protocol

from workloads.serve.answers import Delta, Whole
from workloads.serve.batch import Drawn
from workloads.serve.text import Words

Object = dict[str, Any]


class Form(Protocol):
    """How answers are written, whole or in pieces."""

    def opening(self, count: int) -> list[Object]:
        """Chunks before the first token."""

    def chunk(self, delta: Delta) -> Object:
        """A piece of one answer."""

    def whole(self, answers: Sequence[Whole], usage: Object) -> Object:
        """The complete reply."""

    def usage(self, usage: Object) -> Object:
        """The last chunk of a stream that asked for usage."""


class _Head:
    """Fields that all replies to one request share."""

    def __init__(self, reply_id: str, model: str, words: Words, *, logprobs: bool) -> None:
        self.words, self.logprobs = words, logprobs
        self.head: Object = {"id": reply_id, "created": int(time.time()), "model": model}

    def _reply(self, kind: str, choices: list[Object], **more: Any) -> Object:
        return {**self.head, "object": kind, "choices": choices, **more}


class CompletionForm(_Head):
    """/v1/completions."""

    def __init__(self, reply_id: str, model: str, words: Words, *, logprobs: bool) -> None:
        super().__init__(reply_id, model, words, logprobs=logprobs)
        self._offsets: dict[int, int] = {}

    def opening(self, count: int) -> list[Object]:
        """Nothing comes before the first token."""
        del count
        return []

    def chunk(self, delta: Delta) -> Object:
        """A piece of one answer."""
        return self._reply(
            "text_completion", [self._choice(delta.index, delta.text, delta.drawn, delta.finish)]
        )

    def whole(self, answers: Sequence[Whole], usage: Object) -> Object:
        """The complete reply."""
        choices = [self._choice(n, one.text, one.drawn, one.finish) for n, one in enumerate(answers)]
        return self._reply("text_completion", choices, usage=usage)

    def usage(self, usage: Object) -> Object:
        """The last chunk of a stream that asked for usage."""
        return self._reply("text_completion", [], usage=usage)

    def _choice(self, index: int, text: str, drawn: Sequence[Drawn], finish: str | None) -> Object:
        logs = self._logs(index, drawn) if self.logprobs else None
        return {"index": index, "text": text, "logprobs": logs, "finish_reason": finish}

    def _logs(self, index: int, drawn: Sequence[Drawn]) -> Object:
        pieces = [self.words.piece(one.token) for one in drawn]
        offsets = []
        for piece in pieces:
            offsets.append(self._offsets.setdefault(index, 0))
            self._offsets[index] += len(piece)
        return {
            "tokens": pieces,
            "token_logprobs": [one.logprob for one in drawn],
            "top_logprobs": [{self.words.piece(token): log for token, log in one.top} for one in drawn],
            "text_offset": offsets,
        }


class ChatForm(_Head):
    """/v1/chat/completions."""

    def opening(self, count: int) -> list[Object]:
        """The role of each answer."""
        role = {"role": "assistant", "content": ""}
        return [self._chunk({"index": n, "delta": role, "finish_reason": None}) for n in range(count)]

    def chunk(self, delta: Delta) -> Object:
        """A piece of one answer."""
        choice: Object = {
            "index": delta.index,
            "delta": {"content": delta.text} if delta.text else {},
            "finish_reason": delta.finish,
        }
        if self.logprobs:
            choice["logprobs"] = self._logs(delta.drawn)
        return self._chunk(choice)

    def whole(self, answers: Sequence[Whole], usage: Object) -> Object:
        """The complete reply."""
        choices = [
            {
                "index": number,
                "message": {"role": "assistant", "content": one.text},
                "logprobs": self._logs(one.drawn) if self.logprobs else None,
                "finish_reason": one.finish,
            }
            for number, one in enumerate(answers)
        ]
        return self._reply("chat.completion", choices, usage=usage)

    def usage(self, usage: Object) -> Object:
        """The last chunk of a stream that asked for usage."""
        return self._reply("chat.completion.chunk", [], usage=usage)

    def _chunk(self, choice: Object) -> Object:
        return self._reply("chat.completion.chunk", [choice])

    def _logs(self, drawn: Sequence[Drawn]) -> Object:
        return {
            "content": [
                {**self._log(one.token, one.logprob), "top_logprobs": [self._log(*pair) for pair in one.top]}
                for one in drawn
            ]
        }

    def _log(self, token: int, logprob: float) -> Object:
        return {"token": self.words.piece(token), "logprob": logprob, "bytes": list(self.words.raw(token))}
