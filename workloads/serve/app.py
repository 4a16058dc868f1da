"""The routes."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from workloads.serve.answers import Job, Reader, collect
from workloads.serve.door import Door, body_too_large
from workloads.serve.drain import Drain
from workloads.serve.engine import Engine
from workloads.serve.errors import RefusedError, failed, invalid, too_long
from workloads.serve.forms import ChatForm, CompletionForm, Form
from workloads.serve.metrics import Metrics
from workloads.serve.protocol import B, Body, ChatBody, CompletionBody, read_body
from workloads.serve.replies import DONE, Json, Stream, event
from workloads.serve.spec import ServeSpec
from workloads.serve.text import Words
from workloads.serve.tracing import Traces

LONG = 8192
"""Characters from which a prompt is tokenized beside the event loop."""


@dataclass(frozen=True)
class Service:
    """Everything that the routes use."""

    spec: ServeSpec
    """Limits and names."""
    engine: Engine
    """Runs the model."""
    words: Words
    """Reads and writes text."""
    drain: Drain
    """Knows when to stop."""
    metrics: Metrics
    """Counts."""
    vocabulary: int
    """Rows of the embedding."""
    traces: Traces
    """Opens spans."""
    keys: frozenset[str] = frozenset()
    """Bearer keys that are let in."""


def build(service: Service) -> FastAPI:
    """Make the application."""
    app = FastAPI(title="Causeway serve", openapi_url=None)
    tier = "gpu" if service.spec.accelerators else "cpu"
    app.add_middleware(
        Door, drain=service.drain, keys=service.keys, max_body_bytes=service.spec.max_body_bytes, tier=tier
    )
    _errors(app, service)
    _probes(app, service)

    async def completions(request: Request) -> Response:
        """Go on with a text."""
        body = await _body(request, CompletionBody, service)
        prompts = [await _tokens(service, one) for one in _prompts(body)]
        job = _job(service, request, body, _Ask("cmpl", prompts, body.max_tokens, body.logprobs))
        form = CompletionForm(job.id, service.spec.name, service.words, logprobs=body.logprobs is not None)
        return await _reply(service, body, job, form)

    async def chat(request: Request) -> Response:
        """Answer a conversation."""
        body = await _body(request, ChatBody, service)
        text = service.words.chat([message.plain() for message in body.messages])
        prompt = await _encode(service, text, special=False)
        limit = body.max_completion_tokens or body.max_tokens or service.engine.model.context - len(prompt)
        logprobs = (body.top_logprobs or 0) if body.logprobs else None
        job = _job(service, request, body, _Ask("chatcmpl", [prompt], max(1, limit), logprobs))
        form = ChatForm(job.id, service.spec.name, service.words, logprobs=body.logprobs)
        return await _reply(service, body, job, form)

    # Bodies are read and checked here, so these two go past FastAPI's own reading, which costs as much again.
    app.add_route("/v1/completions", completions, methods=["POST"])
    app.add_route("/v1/chat/completions", chat, methods=["POST"])
    return app


def _probes(app: FastAPI, service: Service) -> None:
    """Add health, metrics and models."""
    card = {"id": service.spec.name, "object": "model", "owned_by": "causeway", "created": 0}
    card["max_model_len"] = service.engine.model.context

    @app.get("/health")
    @app.get("/healthz")
    async def health() -> Response:
        if service.engine.failure is not None:
            return Json({"status": "failed"}, 503)
        if service.drain.draining:
            return Json({"status": "draining", "open": service.drain.open}, 503)
        return Json({"status": "ok", "model": service.spec.name})

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(service.metrics.page(), media_type="text/plain; version=0.0.4; charset=utf-8")

    @app.get("/v1/models")
    async def models() -> Response:
        return Json({"object": "list", "data": [card]})

    @app.get("/v1/models/{name}")
    async def model(name: str) -> Response:
        _check_model(service, name)
        return Json(card)


def _errors(app: FastAPI, service: Service) -> None:
    """Answer every error in OpenAI's form."""

    def answer(error: RefusedError) -> Response:
        service.metrics.refused[str(error.status)] += 1
        return Json(error.body, error.status, headers=error.headers)

    async def refused(request: Request, error: Exception) -> Response:
        del request
        return answer(error if isinstance(error, RefusedError) else failed())

    async def unrouted(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException), "registered for this type alone"
        codes = {404: "unknown_route", 405: "method_not_allowed"}
        text = f"{request.method} {request.url.path}: {error.detail}"
        return answer(RefusedError(error.status_code, text, code=codes.get(error.status_code, "http_error")))

    app.add_exception_handler(RefusedError, refused)
    app.add_exception_handler(HTTPException, unrouted)
    app.add_exception_handler(Exception, refused)


async def _body(request: Request, kind: type[B], service: Service) -> B:
    """Read a request's body within its limit; a body without a length is counted as it comes."""
    limit, parts, size = service.spec.max_body_bytes, [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise body_too_large(limit)
        parts.append(part)
    body = read_body(kind, b"".join(parts))
    if body.model:
        _check_model(service, body.model)
    return body


def _check_model(service: Service, name: str) -> None:
    if name != service.spec.name:
        message = f"model {name!r} is not served here; {service.spec.name!r} is"
        raise RefusedError(404, message, code="model_not_found", param="model")


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
    """Tokenize; a prompt that must be too long by its bytes alone is refused before the work."""
    if len(text) < LONG:
        tokens = service.words.encode(text, special=special)
    else:
        tokens = await asyncio.to_thread(service.words.encode, text, special=special)
    if not tokens:
        raise invalid("prompt: it is empty, and this model has no token to begin with", "prompt")
    if len(tokens) >= service.engine.model.context:
        field = "prompt" if special else "messages"
        raise too_long(
            f"{field}: {len(tokens)} tokens leave no room in {service.engine.model.context}", field
        )
    return tokens


@dataclass(frozen=True, slots=True)
class _Ask:
    """What the two routes compute before they are the same."""

    prefix: str
    prompts: list[list[int]]
    limit: int
    logprobs: int | None


def _job(service: Service, request: Request, body: Body, ask: _Ask) -> Job:
    return Job(
        id=f"{ask.prefix}-{uuid.uuid4().hex}",
        prompts=ask.prompts,
        n=body.n,
        limit=ask.limit,
        at_least=body.min_tokens,
        sampling=body.sampling(ask.logprobs, service.vocabulary),
        stops=body.stops,
        ends=frozenset() if body.ignore_eos else service.words.ends,
        arrival=request.scope["state"]["arrival"],
        traceparent=request.headers.get("traceparent", ""),
    )


async def _reply(service: Service, body: Body, job: Job, form: Form) -> Response:
    """Admit the job and answer whole or as a stream."""
    reader = Reader(service.engine, service.words, service.metrics, job, service.spec.request_seconds)
    if body.stream:
        usage = body.stream_options is not None and body.stream_options.include_usage
        return Stream(_events(service, reader, form, usage=usage))
    with _span(service, reader):
        answers = await collect(reader)
    return Json(form.whole(answers, reader.usage))


async def _events(service: Service, reader: Reader, form: Form, *, usage: bool) -> AsyncIterator[bytes]:
    """Write a stream; an error after its beginning is its last event."""
    with _span(service, reader):
        try:
            for opening in form.opening(len(reader.transcripts)):
                yield event(opening)
            async for deltas in reader.deltas():
                pieces = [one for one in deltas if one.text or one.finish or one.drawn]
                if pieces:
                    yield b"".join(event(form.chunk(one)) for one in pieces)
        except RefusedError as error:
            service.metrics.refused[str(error.status)] += 1
            yield event(error.body)
            return
        if usage:
            yield event(form.usage(reader.usage))
        yield DONE


def _span(service: Service, reader: Reader) -> AbstractContextManager[None]:
    """Span a request, with facts named by OpenTelemetry's conventions for generative models."""
    facts: dict[str, str | int] = {
        "gen_ai.request.model": service.spec.name,
        "gen_ai.response.id": reader.job.id,
        "gen_ai.request.max_tokens": reader.job.limit,
        "gen_ai.usage.input_tokens": reader.prompt_tokens,
    }
    return service.traces.span("completion", facts, reader.job.traceparent)
