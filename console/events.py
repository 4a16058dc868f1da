"""What the engine says while it works, gathered for progress lines and for the page at the end."""

import re
from collections import Counter
from dataclasses import dataclass, field

from pulumi.automation.events import DiagnosticEvent, EngineEvent, PolicyEvent, StepEventMetadata


def short_type(token: str) -> str:
    """Give the readable end of a type token: `localhost:index:Bucket` becomes `Bucket`."""
    return token.rsplit(":", 1)[-1]


def name_of(urn: str) -> str:
    """Give the resource's own name, the end of its URN."""
    return urn.rsplit("::", 1)[-1]


_SUMMARY = "policies: "
"""How the policy pack begins the line in which it sums up."""


@dataclass
class Gathered:
    """Everything of one operation that is worth keeping."""

    operations: Counter[str] = field(default_factory=Counter)
    """How many resources had each operation: create, update, replace, delete, same."""
    violations: list[PolicyEvent] = field(default_factory=list)
    """Policy verdicts that were not a pass."""
    errors: list[str] = field(default_factory=list)
    """What the engine and the resources say went wrong, in order, each once, with the resource's kind and name."""
    judgement: str = ""
    """The policy pack's own summary of what it judged; empty when no pack ran to its end."""
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
        if event.diagnostic_event and event.diagnostic_event.message.startswith(_SUMMARY):
            self.judgement = plain(event.diagnostic_event.message).removeprefix(_SUMMARY).strip()
        if event.diagnostic_event and event.diagnostic_event.severity == "error":
            text = cause(event.diagnostic_event)
            if text and text not in self.errors:
                self.errors.append(text)

    @property
    def changed(self) -> int:
        """How many resources were not left as they were."""
        return sum(count for op, count in self.operations.items() if op not in {"same", "read"})


_COUNT = re.compile(r"\d+ errors? occurred:\s*\* ")
_CUT_OFF = "error reading from server: EOF"
"""What gRPC says when a provider dies during a call."""
_POST_MORTEM = "Detected that "
"""How the engine begins what it says of a provider that died; the call's own error says it for the resource."""
_ENDINGS = frozenset({"update failed", "preview failed", "destroy failed", "refresh failed"})


def cause(diagnostic: DiagnosticEvent) -> str:
    """Give an error's own text, without the engine's framing; empty for the line that only says that it failed."""
    text = _COUNT.sub("", plain(diagnostic.message)).strip()
    if text in _ENDINGS or text.startswith(_POST_MORTEM):
        return ""
    if missing := missing_plugin(text):
        return missing
    if _CUT_OFF in text:
        text = "its provider was killed in the middle of the work; what exists is kept, `causeway up` goes on"
    urn = diagnostic.urn or ""
    kind = urn.rsplit("::", 2)[-2] if urn.count("::") > 1 else ""
    is_ours = bool(kind) and not kind.startswith("pulumi:")
    return f"{short_type(kind.rsplit('$', 1)[-1])} {name_of(urn)}: {text}" if is_ours else text


_INSTALL = re.compile(r"install the plugin using `(pulumi plugin install resource (\S+) (v[^\s`]+)[^`]*)`")


def missing_plugin(text: str) -> str:
    """Say which provider plugin is not there and how to get it; empty where an error's text is about something else."""
    found = _INSTALL.search(text)
    if not found:
        return ""
    command, name, version = found.groups()
    return (
        f"the provider plugin {name} {version} is not installed and was not downloaded: `{command}` installs it "
        '(`eval "$(causeway env)"` first), and `causeway plan STACK --rehearse` does without'
    )


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
