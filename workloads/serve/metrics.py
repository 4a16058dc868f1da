"""Prometheus metrics under vLLM's names, so that its dashboards, autoscalers and routers work unchanged."""

import bisect
from collections import Counter
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from workloads.serve.engine import Engine

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


class Tally:
    """A histogram of one thread: no lock and no labels, since every token passes here."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds, self.counts, self.total = bounds, [0] * (len(bounds) + 1), 0.0

    def add(self, seconds: float) -> None:
        """Count one duration."""
        self.counts[bisect.bisect_left(self.bounds, seconds)] += 1
        self.total += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """Give the cumulative counts by upper bound, as Prometheus wants them."""
        names, below, found = [*map(str, self.bounds), "+Inf"], 0, []
        for name, count in zip(names, self.counts, strict=True):
            below += count
            found.append((name, float(below)))
        return found


class Metrics:
    """What requests add up to. Written by the event loop only."""

    def __init__(self, engine: Engine, model_name: str) -> None:
        self.first_token, self.between = Tally(_FAST), Tally(_BETWEEN)
        self.whole, self.queued = Tally(_LONG), Tally(_LONG)
        self.prompt = self.generated = 0
        self.ended: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.registry = CollectorRegistry()
        self.registry.register(_Page(self, engine, model_name))

    def page(self) -> bytes:
        """Render the page in Prometheus' text format."""
        return generate_latest(self.registry)


class _Page:
    """Turns the counts and the engine's state into metric families when the page is asked for."""

    def __init__(self, metrics: Metrics, engine: Engine, model_name: str) -> None:
        self.metrics, self.engine, self.labels = metrics, engine, {"model_name": model_name}

    def describe(self) -> list[Metric]:
        """Fix nothing in advance; the registry need not collect to learn names."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Read everything."""
        scheduler, pool, metrics = self.engine.scheduler, self.engine.scheduler.pool, self.metrics
        counters, model = self.engine.counters, self.engine.model
        yield self._gauge(
            "vllm:num_requests_running", "Sequences in the running batch.", len(scheduler.running)
        )
        yield self._gauge("vllm:num_requests_waiting", "Sequences that wait.", len(scheduler.waiting))
        yield self._gauge("vllm:kv_cache_usage_perc", "Share of cache blocks held, 0 to 1.", pool.usage)
        sizes = {"block_size": str(model.block_size), "num_gpu_blocks": str(model.blocks)}
        yield self._gauge("vllm:cache_config_info", "Size of the cache.", 1, sizes)
        yield self._count(
            "vllm:prefix_cache_queries", "Prompt tokens looked up in the cache.", counters.queried
        )
        yield self._count("vllm:prefix_cache_hits", "Prompt tokens found in the cache.", counters.hit)
        yield self._count(
            "vllm:num_preemptions", "Sequences that gave their blocks back.", counters.preempted
        )
        yield self._count("vllm:prompt_tokens", "Prompt tokens taken in.", metrics.prompt)
        yield self._count("vllm:generation_tokens", "Tokens drawn.", metrics.generated)
        yield self._counts(
            "vllm:request_success", "Answers ended, by reason.", "finished_reason", metrics.ended
        )
        yield self._counts(
            "causeway_requests_refused", "Requests answered with an error.", "status", metrics.refused
        )
        yield self._histogram(
            "vllm:time_to_first_token_seconds", "Arrival to first token.", metrics.first_token
        )
        yield self._histogram("vllm:inter_token_latency_seconds", "Between two tokens.", metrics.between)
        yield self._histogram("vllm:e2e_request_latency_seconds", "Arrival to last token.", metrics.whole)
        yield self._histogram("vllm:request_queue_time_seconds", "Arrival to first step.", metrics.queued)

    def _gauge(self, name: str, text: str, value: float, more: Mapping[str, str] | None = None) -> Metric:
        labels = {**self.labels, **(more or {})}
        family = GaugeMetricFamily(name, text, labels=list(labels))
        family.add_metric(list(labels.values()), value)
        return family

    def _count(self, name: str, text: str, value: float) -> Metric:
        family = CounterMetricFamily(name, text, labels=list(self.labels))
        family.add_metric(list(self.labels.values()), value)
        return family

    def _counts(self, name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
        family = CounterMetricFamily(name, text, labels=[*self.labels, label])
        for key, value in sorted(values.items()):
            family.add_metric([*self.labels.values(), key], value)
        return family

    def _histogram(self, name: str, text: str, tally: Tally) -> Metric:
        family = HistogramMetricFamily(name, text, labels=list(self.labels))
        family.add_metric(list(self.labels.values()), tally.buckets(), tally.total)
        return family
