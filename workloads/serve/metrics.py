"""Prometheus metrics under vLLM's names, so that its dashboards, autoscalers and routers work unchanged."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from workloads.serve.engine import Engine
from workloads.serve.scheduler import Answer

_FAST = (
    0.001,
    0.005,
    0.01,
    0.02,
    0.04,
    0.06,
    0.08,
    0.1,
    0.25,
    0.5,
    0.75,
    1.0,
    2.5,
    5.0,
    7.5,
    10.0,
    20.0,
    40.0,
    80.0,
)
_BETWEEN = (
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.075,
    0.1,
    0.15,
    0.2,
    0.3,
    0.4,
    0.5,
    0.75,
    1.0,
    2.5,
    5.0,
)
_LONG = (
    0.05,
    0.1,
    0.2,
    0.3,
    0.5,
    0.8,
    1.0,
    1.5,
    2.0,
    2.5,
    5.0,
    10.0,
    15.0,
    20.0,
    30.0,
    40.0,
    50.0,
    60.0,
    120.0,
)


class Metrics:
    """Counters and histograms of requests, and gauges read from the engine when the page is asked for."""

    def __init__(self, engine: Engine, model_name: str) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_EngineMetrics(engine, model_name))

        def histogram(name: str, text: str, buckets: tuple[float, ...]) -> Histogram:
            made = Histogram(f"vllm:{name}", text, ["model_name"], buckets=buckets, registry=self.registry)
            return made.labels(model_name)

        def counter(name: str, text: str) -> Counter:
            return Counter(f"vllm:{name}", text, ["model_name"], registry=self.registry).labels(model_name)

        self.first_token = histogram("time_to_first_token_seconds", "From arrival to the first token.", _FAST)
        self.between = histogram("inter_token_latency_seconds", "Between two tokens of an answer.", _BETWEEN)
        self.whole = histogram("e2e_request_latency_seconds", "From arrival to the last token.", _LONG)
        self.queued = histogram("request_queue_time_seconds", "From arrival to the first step.", _LONG)
        self.prompt = counter("prompt_tokens", "Prompt tokens taken in.")
        self.generated = counter("generation_tokens", "Tokens drawn.")
        self._model_name = model_name
        self._ended = Counter(
            "vllm:request_success",
            "Answers ended, by reason.",
            ["model_name", "finished_reason"],
            registry=self.registry,
        )
        self._refused = Counter(
            "causeway:requests_refused",
            "Requests answered with an error.",
            ["model_name", "status"],
            registry=self.registry,
        )

    def ended(self, reason: str) -> None:
        """Count an answer that ended."""
        self._ended.labels(self._model_name, reason).inc()

    def refused(self, status: int) -> None:
        """Count an error answer."""
        self._refused.labels(self._model_name, str(status)).inc()

    def started(self, answers: Iterable[Answer], arrival: float) -> None:
        """Note how long answers waited for their first step."""
        for answer in answers:
            self.queued.observe(max(0.0, answer.started - arrival))

    def page(self) -> bytes:
        """Render the page in Prometheus' text format."""
        return generate_latest(self.registry)


class _EngineMetrics:
    """What the engine knows at this moment."""

    def __init__(self, engine: Engine, model_name: str) -> None:
        self.engine, self.model_name = engine, model_name

    def describe(self) -> list[Metric]:
        """Nothing is fixed in advance; the registry need not collect to learn names."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Read gauges and totals."""
        scheduler, pool, model = self.engine.scheduler, self.engine.scheduler.pool, self.engine.model
        for name, text, gauge in (
            ("num_requests_running", "Sequences in the running batch.", len(scheduler.running)),
            ("num_requests_waiting", "Sequences that wait.", len(scheduler.waiting)),
            ("kv_cache_usage_perc", "Share of cache blocks held, 0 to 1.", pool.usage),
        ):
            family = GaugeMetricFamily(f"vllm:{name}", text, labels=["model_name"])
            family.add_metric([self.model_name], gauge)
            yield family
        for name, text, total in (
            ("prefix_cache_queries", "Prompt tokens looked up in the cache.", self.engine.counters.queried),
            ("prefix_cache_hits", "Prompt tokens found in the cache.", self.engine.counters.hit),
            ("num_preemptions", "Sequences that gave their blocks back.", self.engine.counters.preempted),
        ):
            count = CounterMetricFamily(f"vllm:{name}", text, labels=["model_name"])
            count.add_metric([self.model_name], total)
            yield count
        info = GaugeMetricFamily(
            "vllm:cache_config_info",
            "Size of the cache.",
            labels=["model_name", "block_size", "num_gpu_blocks"],
        )
        info.add_metric([self.model_name, str(model.block_size), str(model.blocks)], 1)
        yield info
