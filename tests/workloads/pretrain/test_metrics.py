"""The numbers of a run as Prometheus reads them."""

import socket
import urllib.request
from contextlib import closing

import pytest
from prometheus_client.parser import text_string_to_metric_families

from workloads.pretrain.errors import RunError
from workloads.pretrain.metrics import Metrics, Point

POINT = Point(
    step=3,
    loss=2.5,
    learning_rate=1e-3,
    grad_norm=0.5,
    tokens_per_second=100.0,
    mfu=None,
    straggler_score=1.0,
    seconds=9.0,
)


def test_a_port_that_is_taken_is_told() -> None:
    """The error names the port and what to do; the next run on a free one answers with the gauges."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            RunError, match=f"metrics_port {port} of 127.0.0.1: Address already in use; name a"
        ):
            Metrics("127.0.0.1", port)
    metrics = Metrics("127.0.0.1", port)
    try:
        metrics.add(POINT, {"productive": 1.0})
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
    finally:
        metrics.close()
    found = {family.name: family.samples[0].value for family in text_string_to_metric_families(page)}
    assert (found["causeway_train_step"], found["causeway_train_loss"]) == (3, 2.5)
    assert found["goodput_ratio"] == 1
    assert "causeway_train_mfu" not in found
