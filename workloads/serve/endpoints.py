"""The two routes that draw tokens: a body becomes a job, and a job an answer, whole or as a stream."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Generic

from starlette.types import Receive, Scope, Send

from workloads.serve.answers import Job, Reader, collect
from workloads.serve.door import body_too_large
from workloads.serve.errors import RefusedError, gone, invalid, too_long
from workloads.serve.forms import ChatForm, CompletionForm, Form, Object
from workloads.serve.protocol import B, Body, ChatBody, CompletionBody, StreamOptions, read_body
from workloads.serve.replies import DONE, STREAM_HEAD, Json, event
from workloads.serve.service import Service

LONG = 8192
"""Characters from which a prompt is tokenized beside the event loop."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a route makes of its body."""

    prefix: str
    """How the reply's id begins."""
    prompts: list[list[int]]
    """Token ids of each prompt."""
    limit: int
    """Tokens to draw at most."""
    logprobs: int | None
    """Alternatives to report with each token, or None."""
    form: Callable[[str], Form]
    """Gives the reply's form for its id."""


async def ask_completion(service: Service, body: CompletionBody) -> Ask:
    """Go on with a text."""
    prompts = [await _tokens(service, one) for one in _prompts(body)]
    form = partial(
        CompletionForm, model=service.spec.name, words=service.words, logprobs=body.logprobs is not None
    )
    return Ask("cmpl", prompts, body.max_tokens, body.logprobs, form)


async def ask_chat(service: Service, body: ChatBody) -> Ask:
    """Answer a conversation."""
    text = service.words.chat([message.plain() for message in body.messages])
    prompt = await _encode(service, text, special=False)
    limit = body.max_completion_tokens or body.max_tokens or service.engine.longest - len(prompt)
    logprobs = (body.top_logprobs or 0) if body.logprobs else None
    form = partial(ChatForm, model=service.spec.name, words=service.words, logprobs=body.logprobs)
    return Ask("chatcmpl", [prompt], max(1, limit), logprobs, form)


class Endpoint(Generic[B]):
    """A route as plain ASGI: reads a body of its kind and answers what is asked with it."""

    def __init__(self, service: Service, kind: type[B], ask: Callable[[Service, B], Awaitable[Ask]]) -> None:
        self.service, self.kind, self.ask = service, kind, ask

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry one request from its first byte to its last."""
        service = self.service
        body = read_body(self.kind, await _content(receive, service.spec.max_body_bytes))
        if body.model:
            service.check_model(body.model)
        asked = await self.ask(service, body)
        job = _job(service, scope, body, asked)
        reader = Reader(service.engine, service.words, service.metrics, job, service.spec.request_seconds)
        watcher = asyncio.ensure_future(_watch(receive, reader))
        try:
            if body.stream:
                options = body.stream_options or StreamOptions()
                await _stream(service, send, reader, asked.form(job.id), options)
            else:
                with _span(service, reader):
                    answers = await collect(reader)
                await Json(asked.form(job.id).whole(answers, reader.usage))(scope, receive, send)
        finally:
            watcher.cancel()


async def _content(receive: Receive, limit: int) -> bytes:
    """Read a request's body within its limit; a body without a length is counted as it comes."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise gone()
        size += len(message["body"])
        if size > limit:
            raise body_too_large(limit)
        parts.append(message["body"])
        more = message["more_body"]
    return b"".join(parts)


def _prompts(body: CompletionBody) -> list[str] | list[list[int]]:
    """Bring the four forms of a prompt to a list."""
    prompt = body.prompt
    if isinstance(prompt, str):
        return [prompt]
    if isinstance(prompt[0], int):
        return [prompt]  # a list whose first item is an id holds ids only
    return prompt  # else it is a list of texts or of lists of ids


async def _tokens(service: Service, prompt: str | list[int]) -> list[int]:
    if isinstance(prompt, str):
        return await _encode(service, prompt)
    wrong = next((one for one in prompt if one >= service.vocabulary), None)
    if wrong is not None:
        raise invalid(f"prompt: {wrong} is no token id, the vocabulary has {service.vocabulary}", "prompt")
    return prompt


async def _encode(service: Service, text: str, *, special: bool = True) -> list[int]:
    """Tokenize; a long prompt does so beside the event loop."""
    if len(text) < LONG:
        tokens = service.words.encode(text, special=special)
    else:
        tokens = await asyncio.to_thread(service.words.encode, text, special=special)
    if not tokens:
        raise invalid("prompt: it is empty, and this model has no token to begin with", "prompt")
    if len(tokens) >= service.engine.model.context:
        field = "prompt" if special else "messages"
        raise too_long(
            f"this model's maximum context length is {service.engine.model.context} tokens; "
            f"{field} of {len(tokens)} leaves no room",
            field,
        )
    return tokens


def _job(service: Service, scope: Scope, body: Body, asked: Ask) -> Job:
    state = scope["state"]
    return Job(
        id=f"{asked.prefix}-{state['request_id']}",
        prompts=asked.prompts,
        n=body.n,
        limit=asked.limit,
        at_least=body.min_tokens,
        sampling=body.sampling(asked.logprobs, service.vocabulary),
        stops=body.stops,
        ends=frozenset() if body.ignore_eos else service.words.ends,
        arrival=state["arrival"],
        goes_on=isinstance(body, CompletionBody),
        traceparent=state["traceparent"],
    )


async def _watch(receive: Receive, reader: Reader) -> None:
    """End a request whose client has closed the connection, so that the model stops working for it."""
    while (await receive())["type"] != "http.disconnect":
        continue
    reader.ticket.fail(gone())


async def _stream(service: Service, send: Send, reader: Reader, form: Form, options: StreamOptions) -> None:
    """Answer with server-sent events; each leaves at once, and an error after the beginning is the last."""
    always = options.include_usage and options.continuous_usage_stats

    async def tell(*objects: Object) -> None:
        told = [{**one, "usage": reader.usage} for one in objects] if always else objects
        body = b"".join([event(one) for one in told])
        await send({"type": "http.response.body", "body": body, "more_body": True})

    await send(STREAM_HEAD)
    try:
        with _span(service, reader), reader:
            if opening := form.opening(len(reader.transcripts)):
                await tell(*opening)
            while reader.open:
                deltas = await reader.read()
                pieces = [form.chunk(one) for one in deltas if one.text or one.finish or one.drawn]
                if pieces:
                    await tell(*pieces)
        if options.include_usage:
            await tell(form.usage(reader.usage))
        end = DONE
    except RefusedError as error:
        service.metrics.refused[str(error.status)] += 1
        end = event(error.body)
    await send({"type": "http.response.body", "body": end})


def _span(service: Service, reader: Reader) -> AbstractContextManager[None]:
    """Span a request, with facts named by OpenTelemetry's conventions for generative models."""
    facts: dict[str, str | int] = {
        "gen_ai.request.model": service.spec.name,
        "gen_ai.response.id": reader.job.id,
        "gen_ai.request.max_tokens": reader.job.limit,
        "gen_ai.usage.input_tokens": reader.prompt_tokens,
    }
    return service.traces.span("completion", facts, reader.job.traceparent)
