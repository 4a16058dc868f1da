"""The application: routes, door and errors."""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ExceptionHandler, Lifespan

from workloads.serve.door import Door
from workloads.serve.endpoints import Endpoint, ask_chat, ask_completion
from workloads.serve.errors import RefusedError, failed
from workloads.serve.protocol import ChatBody, CompletionBody
from workloads.serve.replies import Json
from workloads.serve.service import Service


def build(service: Service, lifespan: Lifespan[Starlette] | None = None) -> Starlette:
    """Make the application."""
    spec = service.spec
    door = Middleware(
        Door,
        drain=service.drain,
        keys=service.keys,
        max_body_bytes=spec.max_body_bytes,
        tier="gpu" if spec.accelerators else "cpu",
    )
    # The two busy routes come first and are plain ASGI: past them a framework has nothing to add but time.
    busy = [
        Route("/v1/completions", Endpoint(service, CompletionBody, ask_completion), methods=["POST"]),
        Route("/v1/chat/completions", Endpoint(service, ChatBody, ask_chat), methods=["POST"]),
    ]
    return Starlette(
        routes=[*busy, *_probes(service)],
        middleware=[door],
        exception_handlers=_errors(service),
        lifespan=lifespan,
    )


def _probes(service: Service) -> list[Route]:
    """Make health, metrics and models."""
    card = {"id": service.spec.name, "object": "model", "owned_by": "causeway", "created": 0}
    card["max_model_len"] = service.engine.model.context

    async def health(_: Request) -> Response:
        """Answer 200 while requests are taken."""
        if service.engine.failure is not None:
            return Json({"status": "failed"}, 503)
        if service.drain.draining:
            return Json({"status": "draining", "open": service.drain.open}, 503)
        return Json({"status": "ok", "model": service.spec.name})

    async def metrics(_: Request) -> Response:
        """Answer with Prometheus' page."""
        return Response(service.metrics.page(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def models(_: Request) -> Response:
        """List the one model."""
        return Json({"object": "list", "data": [card]})

    async def model(request: Request) -> Response:
        """Describe the one model."""
        service.check_model(request.path_params["name"])
        return Json(card)

    return [
        Route("/health", health),
        Route("/healthz", health),
        Route("/metrics", metrics),
        Route("/v1/models", models),
        Route("/v1/models/", models),
        Route("/v1/models/{name:path}", model),
    ]


def _errors(service: Service) -> dict[type[Exception], ExceptionHandler]:
    """Answer every error in OpenAI's form."""

    def answer(error: RefusedError, headers: Mapping[str, str] | None = None) -> Response:
        service.metrics.refused[str(error.status)] += 1
        return Json(error.body, error.status, headers={**error.headers, **(headers or {})})

    async def refused(request: Request, error: Exception) -> Response:
        del request
        return answer(error if isinstance(error, RefusedError) else failed())

    async def unrouted(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException), "registered for this type alone"
        codes = {404: "unknown_route", 405: "method_not_allowed"}
        text = f"{request.method} {request.url.path}: {error.detail}"
        refusal = RefusedError(error.status_code, text, code=codes.get(error.status_code, "http_error"))
        return answer(refusal, error.headers)  # such as Allow, which a 405 owes

    return {RefusedError: refused, HTTPException: unrouted, Exception: refused}
