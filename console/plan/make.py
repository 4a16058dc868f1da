"""From a recording to a plan: a pure function, equal for equal input."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from console import losses
from console.events import missing_plugin, plain
from console.plan import verdicts, words
from console.plan.bill import bill
from console.plan.changes import changes
from console.plan.ledger import Stock
from console.plan.model import Change, Plan, Verdict
from console.plan.needs import needs
from console.plan.parts import Parts
from console.plan.recording import STACK, Recording, steps


def make(recording: Recording, stack: str, *, about: str = "", rehearsed: bool = False) -> Plan:
    """Make the plan of one preview.

    Args:
        recording: What the engine said.
        stack: The stack's name.
        about: What was compared with what.
        rehearsed: Whether stand-in clouds answered.
    """
    every, config = steps(recording), recording.config
    parts = Parts(every)
    before = Stock((step.old for step in every if step.old), config)
    after = Stock((step.new for step in every if step.new), config)
    sources = {step.urn: step.source for step in every}
    changed = changes(every, parts)
    unasked = _unasked(changed, json.loads(config.get("causeway:may_lose") or "[]"), stack)
    judged = (*unasked, *verdicts.verdicts(recording, lambda urn: _source(sources, urn, stack)))
    return Plan(
        stack=stack,
        about=about,
        rehearsed=rehearsed,
        counts=dict(sorted(Counter(change.verb for change in changed).items())),
        unchanged=sum(step.verb == "same" and step.state.custom for step in every),
        changes=changed,
        bill=bill(before, after, parts.name, verdicts.told(recording)),
        verdicts=judged,
        rules=verdicts.rules(recording),
        needs=needs(before, after, config),
        components=parts.nodes(after.ledger),
        exemptions=verdicts.exemptions(judged),
        waiting=verdicts.waiting(verdicts.told(recording)),
        errors=errors(recording),
    )


def _unasked(changed: Iterable[Change], may_lose: Collection[str], stack: str) -> Iterator[Verdict]:
    """Judge what would be lost: `up` refuses a pool or a store that the stack file does not name."""
    lost = {change.urn: change for change in changed if change.verb in losses.LOST}
    for urn in losses.unasked(lost, may_lose):
        change = lost[urn]
        yield Verdict(
            rule="losses-are-acknowledged",
            says="Pools of machines and what holds data or keys are lost only when that is meant",
            severity="high",
            mandatory=True,
            unverified=False,
            urn=urn,
            name=change.name,
            what=f"it would be lost: {change.verb}, {words.why(change)}",
            why="Machines that come back after months, and data that does not come back at all.",
            fix=f"undo the change, or write may_lose: [{change.name}] in the stack file",
            controls="",
            docs="docs/plan.md#losses",
            exemption="",
            source=change.source or f"stacks/Pulumi.{stack}.yaml:1",
        )


def errors(recording: Recording) -> tuple[str, ...]:
    """Give what the engine complained of, once each; policies speak for themselves."""
    texts = (
        plain(event["message"]).strip()
        for event in recording.each("diagnosticEvent")
        if event.get("severity") == "error"
    )
    told = (missing_plugin(text) or text for text in texts if text and not _framing(text))
    return tuple(dict.fromkeys(told))


def _framing(text: str) -> bool:
    return (
        text.startswith(("preview failed", "update failed", "resource registration failed"))
        or "polic" in text
    )


def _source(sources: dict[str, str], urn: str, stack: str) -> str:
    found = "" if f"::{STACK}::" in urn else sources.get(urn, "")
    return found or f"stacks/Pulumi.{stack}.yaml:1"
