"""OpenTelemetry traces by choice: without an endpoint nothing is imported and nothing is sent."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

Trace = Callable[[str, Mapping[str, Any]], AbstractContextManager[Any]]
"""Opens a span around a request, given its name and attributes."""


def no_trace(name: str, attributes: Mapping[str, Any]) -> AbstractContextManager[Any]:
    """Trace nothing."""
    del name, attributes
    return nullcontext()


def open_trace(endpoint: str, service: str) -> Trace:
    """Send spans to an OTLP gRPC endpoint in the background; a lost collector never delays a request."""
    if not endpoint:
        return no_trace
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    exporter = OTLPSpanExporter(endpoint=endpoint, insecure=endpoint.startswith("http://"), timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("causeway.serve")

    def trace(name: str, attributes: Mapping[str, Any]) -> AbstractContextManager[Any]:
        return tracer.start_as_current_span(name, attributes=dict(attributes))

    return trace
