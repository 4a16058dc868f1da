"""Traces against a collector that speaks OTLP over gRPC."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as wire
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as service

from workloads.serve.tracing import NoTraces, open_traces

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def collector() -> Iterator[tuple[str, list[Any]]]:
    """Keep what is sent."""
    spans: list[Any] = []

    class Keep(service.TraceServiceServicer):
        def Export(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
            """Take spans."""
            del context
            spans.extend(
                span for one in request.resource_spans for part in one.scope_spans for span in part.spans
            )
            return wire.ExportTraceServiceResponse()

    server = grpc.server(ThreadPoolExecutor(1))
    service.add_TraceServiceServicer_to_server(Keep(), server)  # type: ignore[no-untyped-call]  # generated
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"http://127.0.0.1:{port}", spans
    server.stop(0).wait(5)


@pytest.mark.asyncio
async def test_a_request_is_a_span_of_the_callers_trace(api: Any, collector: tuple[str, list[Any]]) -> None:
    """A whole answer and a stream make one span each, under the caller's trace, with the model's name and sizes."""
    endpoint, spans = collector
    async with api(traces=endpoint, name="tiny") as (client, parts):
        header = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
        for stream in (False, True):
            body = {"prompt": [5, 6], "max_tokens": 3, "stream": stream}
            assert (await client.post("/v1/completions", json=body, headers=header)).status_code == 200
        parts.traces.close()
    assert [(span.name, span.trace_id.hex()) for span in spans] == [("completion", TRACE)] * 2
    facts = {one.key: one.value for one in spans[0].attributes}
    assert facts["gen_ai.request.model"].string_value == "tiny"
    assert facts["gen_ai.usage.input_tokens"].int_value == 2


def test_without_an_endpoint_nothing_is_traced() -> None:
    """The default needs no collector and imports no exporter."""
    assert isinstance(open_traces("", "x"), NoTraces)
