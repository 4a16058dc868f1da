"""Everything that the routes use."""

from dataclasses import dataclass

from workloads.serve.drain import Drain
from workloads.serve.engine import Engine
from workloads.serve.errors import RefusedError
from workloads.serve.metrics import Metrics
from workloads.serve.spec import ServeSpec
from workloads.serve.text import Words
from workloads.serve.tracing import Traces


@dataclass(frozen=True)
class Service:
    """One served model with its surroundings."""

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

    def check_model(self, name: str) -> None:
        """Refuse a model that is not served here."""
        if name != self.spec.name:
            message = f"model {name!r} is not served here; {self.spec.name!r} is"
            raise RefusedError(404, message, code="model_not_found", param="model")
