"""OpenTelemetry traces by choice: without an endpoint nothing is imported and nothing is sent."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

Attributes = Mapping[str, str | int]


class Traces(Protocol):
    """Opens a span for a request."""

    def span(self, name: str, attributes: Attributes, parent: str) -> AbstractContextManager[None]:
        """Span the time of a `with` block; `parent` is the caller's traceparent header, or empty."""

    def close(self) -> None:
        """Send what is left."""


class NoTraces:
    """Traces nothing."""

    def span(self, name: str, attributes: Attributes, parent: str) -> AbstractContextManager[None]:
        """Do nothing around a block."""
        del name, attributes, parent
        return nullcontext()

    def close(self) -> None:
        """Nothing is left."""


class Otlp:
    """Sends spans to an OTLP gRPC endpoint in the background; a lost collector never delays a request."""

    def __init__(self, endpoint: str, service: str) -> None:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = TracerProvider(resource=Resource.create({"service.name": service}))
        exporter = OTLPSpanExporter(endpoint=endpoint, insecure=endpoint.startswith("http://"), timeout=5)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("causeway.serve")
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def span(self, name: str, attributes: Attributes, parent: str) -> Iterator[None]:
        """Span a block. It is not made current: a stream's block ends in another context than it began in."""
        above = self._propagator.extract({"traceparent": parent})
        span = self._tracer.start_span(name, context=above, attributes=dict(attributes))
        try:
            yield
        except BaseException as error:
            span.record_exception(error)
            raise
        finally:
            span.end()

    def close(self) -> None:
        """Send what is left, for at most a few seconds."""
        self._provider.shutdown()


def open_traces(endpoint: str, service: str) -> Traces:
    """Trace to an endpoint, or not at all."""
    return Otlp(endpoint, service) if endpoint else NoTraces()
