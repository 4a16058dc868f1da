"""What a run tells while it goes: Prometheus text on a port, JSON lines in the store, one line on the terminal."""

import json
import time
from dataclasses import asdict, dataclass

from prometheus_client import CollectorRegistry, Gauge, generate_latest, start_http_server

from workloads.pretrain.errors import RunError
from workloads.store import Store


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the log."""

    step: int
    """Optimizer steps done."""

    loss: float
    """Mean cross-entropy per token since the last line, in nats."""

    learning_rate: float
    """Rate of the last step."""

    grad_norm: float
    """2-norm of the gradient before clipping."""

    tokens_per_second: float
    """Tokens of all processes over the time since the last line, checkpoints included."""

    mfu: float | None
    """Model FLOPs utilisation of one device, 0 to 1; None on a device whose peak is not known."""

    straggler_score: float
    """Median over slowest compute time of the processes; 1 is even, below 0.7 one of them holds the others up."""

    seconds: float
    """Since this attempt began."""


class Metrics:
    """Points of one attempt."""

    def __init__(self, host: str, port: int) -> None:
        self.points: list[Point] = []
        self.registry = CollectorRegistry()
        texts = {
            "step": "Optimizer steps done",
            "loss": "Mean cross-entropy per token, nats",
            "learning_rate": "Learning rate of the last step",
            "grad_norm": "2-norm of the gradient before clipping",
            "tokens_per_second": "Tokens per second of all processes",
            "mfu": "Model FLOPs utilisation of one device, absent where its peak is unknown",
            "straggler_score": "Median over slowest compute time of the processes",
        }
        self.gauges = {
            name: Gauge(f"causeway_train_{name}", text, registry=self.registry)
            for name, text in texts.items()
            if name != "mfu"
        }
        self.mfu_text = texts["mfu"]
        self.goodput = Gauge("goodput_ratio", "Share of allocated seconds", ["part"], registry=self.registry)
        try:
            self.server = start_http_server(port, host, registry=self.registry) if port else None
        except OSError as error:
            raise RunError(
                f"metrics_port {port} of {host}: {error.strerror}; name a free one, or 0 for none"
            ) from error

    def add(self, point: Point, ratios: dict[str, float]) -> None:
        """Take a point into all forms."""
        self.points.append(point)
        if point.mfu is not None and "mfu" not in self.gauges:
            self.gauges["mfu"] = Gauge("causeway_train_mfu", self.mfu_text, registry=self.registry)
        for name, gauge in self.gauges.items():
            gauge.set(getattr(point, name))
        for part, ratio in ratios.items():
            self.goodput.labels(part).set(ratio)

    def text(self) -> bytes:
        """Give all gauges in Prometheus' text format."""
        return generate_latest(self.registry)

    def save(self, store: Store, run: str, attempt: str) -> None:
        """Write this attempt's points as JSON lines."""
        lines = "".join(f"{json.dumps({'time': time.time(), **asdict(point)})}\n" for point in self.points)
        store.put(f"{run}/metrics/{attempt}.jsonl", lines.encode())

    def close(self) -> None:
        """Close the port."""
        if self.server is not None:
            server, thread = self.server
            server.shutdown()
            server.server_close()
            thread.join()
