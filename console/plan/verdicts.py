"""Policy events read back into what, why and fix."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from console.events import plain
from console.plan.model import Verdict
from console.plan.recording import STACK, Json, Recording

_PARTS = ("what", "why", "controls", "fix", "exempt", "docs")
_PART = re.compile(rf"^({'|'.join(_PARTS)})\s+(.*)$")
_UNVERIFIED = "unverified: "
_WAITS = re.compile(r"^\s*(?P<rule>[\w-]+) is judged before the create of (?P<names>.+)$", re.MULTILINE)
_SUMMARIES = ("policyAnalyzeSummaryEvent", "policyAnalyzeStackSummaryEvent")
_VERDICTS = ("passed", "failed", "disabled", "notApplicable")
_SEVERITIES = ("critical", "high", "medium", "low", "")


def verdicts(recording: Recording, source: Callable[[str], str]) -> tuple[Verdict, ...]:
    """Give every verdict that is not a pass: those that stop the run first, then by severity.

    Args:
        recording: The preview.
        source: From a URN to the place of its declaration.
    """
    found = {_verdict(event, source(event.get("resourceUrn", ""))) for event in recording.each("policyEvent")}
    return tuple(sorted(found, key=_order))


def rules(recording: Recording) -> int:
    """Count the rules that judged."""
    events = [event for kind in _SUMMARIES for event in recording.each(kind)]
    return len({_rule(entry) for event in events for name in _VERDICTS for entry in event.get(name) or ()})


def exemptions(found: Iterable[Verdict]) -> Mapping[str, int]:
    """Count how often each exemption was used."""
    return dict(sorted(Counter(f"{one.rule}, {one.exemption}" for one in found if one.exemption).items()))


def told(recording: Recording) -> tuple[str, ...]:
    """Give what the judges said at the end of their run."""
    texts = (plain(event["message"]).strip() for event in recording.each("diagnosticEvent"))
    return tuple(text for text in texts if text.startswith("policies: "))


def waiting(told: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Read which rules wait for the update, and for the create of which resources."""
    found = [match for text in told for match in _WAITS.finditer(text)]
    return {match["rule"]: tuple(sorted(match["names"].split(", "))) for match in found}


def _rule(entry: str | Json) -> str:
    return entry if isinstance(entry, str) else str(entry.get("policyName"))


def _verdict(event: Json, source: str) -> Verdict:
    says, parts = _read(plain(event["message"]).strip())
    urn = event.get("resourceUrn", "")
    what = parts.get("what", says).removeprefix(f"{urn}: ")
    return Verdict(
        rule=event["policyName"],
        says=says,
        severity=event.get("severity", ""),
        mandatory=event.get("enforcementLevel") == "mandatory",
        unverified=what.startswith(_UNVERIFIED),
        urn=urn,
        name=_name(urn),
        what=what.removeprefix(_UNVERIFIED),
        why=parts.get("why", ""),
        fix=parts.get("fix", ""),
        controls=parts.get("controls", ""),
        docs=parts.get("docs", ""),
        exemption=parts.get("exempt", ""),
        source=source,
    )


def _read(text: str) -> tuple[str, Mapping[str, str]]:
    """Part a finding's text at the words that begin its lines; other packs' texts have none and stay whole."""
    says, *lines = text.splitlines() or [""]
    parts: dict[str, str] = {}
    last = ""
    for line in lines:
        if match := _PART.match(line):
            last = match[1]
            parts[last] = match[2].strip()
        elif last:
            parts[last] += f" {line.strip()}"
    return says, parts


def _name(urn: str) -> str:
    return "the stack" if f"::{STACK}::" in urn else urn.rsplit("::", 1)[-1]


def _order(verdict: Verdict) -> tuple[bool, int, str, str, str]:
    severity = _SEVERITIES.index(verdict.severity) if verdict.severity in _SEVERITIES else len(_SEVERITIES)
    return not verdict.mandatory, severity, verdict.rule, verdict.urn, verdict.what
