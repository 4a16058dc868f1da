"""What the engine says while it works, gathered for progress lines and for the page at the end."""

from collections import Counter
from dataclasses import dataclass, field

from pulumi.automation.events import EngineEvent, PolicyEvent, StepEventMetadata


def short_type(token: str) -> str:
    """Give the readable end of a type token: `localhost:index:Bucket` becomes `Bucket`."""
    return token.rsplit(":", 1)[-1]


def name_of(urn: str) -> str:
    """Give the resource's own name, the end of its URN."""
    return urn.rsplit("::", 1)[-1]


@dataclass
class Gathered:
    """Everything of one operation that is worth keeping."""

    operations: Counter[str] = field(default_factory=Counter)
    """How many resources had each operation: create, update, replace, delete, same."""
    violations: list[PolicyEvent] = field(default_factory=list)
    """Policy verdicts that were not a pass."""
    errors: list[str] = field(default_factory=list)
    """Error diagnostics, in order, without colour codes."""
    failed: list[str] = field(default_factory=list)
    """URNs whose operation failed."""

    def take(self, event: EngineEvent) -> None:
        """Note one event."""
        if event.summary_event:
            changes = event.summary_event.resource_changes or {}
            self.operations = Counter({str(getattr(op, "value", op)): count for op, count in changes.items()})
        if event.policy_event:
            self.violations.append(event.policy_event)
        if event.res_op_failed_event:
            self.failed.append(event.res_op_failed_event.metadata.urn)
        if event.diagnostic_event and event.diagnostic_event.severity == "error":
            self.errors.append(plain(event.diagnostic_event.message).strip())

    @property
    def changed(self) -> int:
        """How many resources were not left as they were."""
        return sum(count for op, count in self.operations.items() if op not in {"same", "read"})


def step(event: EngineEvent) -> tuple[str, StepEventMetadata] | None:
    """Give `start`, `done` or `failed` with the step that the event is about, if it is about one."""
    if event.resource_pre_event:
        return "start", event.resource_pre_event.metadata
    if event.res_outputs_event:
        return "done", event.res_outputs_event.metadata
    if event.res_op_failed_event:
        return "failed", event.res_op_failed_event.metadata
    return None


def plain(text: str) -> str:
    """Remove the engine's colour tags, such as `<{%reset%}>`."""
    while (start := text.find("<{%")) >= 0 and (end := text.find("%}>", start)) >= 0:
        text = text[:start] + text[end + 3 :]
    return text
