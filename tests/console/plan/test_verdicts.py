"""Verdicts read back from the engine's events."""

import datetime as dt

from console.plan import words
from console.plan.make import make
from console.plan.recording import Json, Recording
from policy.judge.finding import Finding
from policy.model.exemption import Exemption
from policy.model.rule import Level
from policy.model.verdicts import Fail, Unverified
from policy.rules import load

from .made import POOL, created, finding, judged, urn

RULE = next(rule for rule in load() if rule.name == "gpu-pools-repel-other-pods")
EXEMPTION = Exemption("*", RULE.name, "an auditor reads it", "ada@example.org", dt.date(2027, 3, 31))


def _event(verdict: Fail | Unverified, exemption: Exemption | None = None, level: str = "mandatory") -> Json:
    text = Finding(RULE, urn(POOL, "train"), verdict, Level.MANDATORY, exemption).text()
    return finding(RULE.name, text, "train", level)


def test_every_part_of_a_finding_comes_back() -> None:
    """What, why, fix, controls and docs of the judges' own text stand in the plan, without the URN twice."""
    recording = Recording((created(POOL, "train"), _event(Fail("it has no taint", "add the taint"))))
    (verdict,) = make(recording, "test").verdicts
    assert (verdict.rule, verdict.what, verdict.fix) == (RULE.name, "it has no taint", "add the taint")
    assert verdict.says == RULE.says
    assert verdict.why == f"{RULE.why}."
    assert verdict.docs == RULE.url
    assert verdict.controls.startswith("ISO 27001")
    assert (verdict.mandatory, verdict.unverified) == (True, False)


def test_an_unverified_one_is_counted() -> None:
    """What could not be checked is told apart from what is wrong."""
    plan = make(Recording((_event(Unverified("its taints are not known")),)), "test")
    assert plan.unverified == 1
    assert plan.verdicts[0].what == "its taints are not known"
    assert plan.verdicts[0].source == "stacks/Pulumi.test.yaml:1"


def test_exemptions_are_printed_with_their_uses() -> None:
    """An exempted finding stops nothing, and the exemption is named with its end and its approver."""
    plan = make(Recording((_event(Fail("no taint", "add"), EXEMPTION, "advisory"),)), "test")
    assert plan.stops == ()
    assert plan.exemptions == {f"{RULE.name}, until 2027-03-31 by ada@example.org: an auditor reads it": 1}


def test_what_stops_comes_first_and_rules_are_counted() -> None:
    """Mandatory before advisory, critical before high; the number of rules is that of distinct names."""
    events = (
        finding("b", "says\nwhat     x: y", "one", "advisory", "critical"),
        finding("c", "says\nwhat     x: y", "one", "mandatory", "high"),
        finding("a", "says\nwhat     x: y", "one", "mandatory", "critical"),
        *judged("0.00", ("a", "b", "c", "d")),
    )
    plan = make(Recording(events), "test")
    assert [verdict.rule for verdict in plan.verdicts] == ["a", "c", "b"]
    assert plan.rules == 4


def test_another_packs_text_is_kept_whole() -> None:
    """A text without our words becomes the sentence and the what."""
    (verdict,) = make(Recording((finding("x", "no public buckets", "one"),)), "test").verdicts
    assert (verdict.says, verdict.what, verdict.fix) == ("no public buckets", "no public buckets", "")


def test_what_waits_for_the_update_is_told_and_is_no_verdict() -> None:
    """A rule that a preview leaves to the update is named with its resources; it neither stops nor counts as a note."""
    text = "policies: 1 rules, 0 findings\n  no-wildcards is judged before the create of trainer, server"
    told = {"diagnosticEvent": {"severity": "info", "message": text}}
    plan = make(Recording((told, *judged("0.00", ("no-wildcards",)))), "test")
    assert plan.waiting == {"no-wildcards": ("server", "trainer")}
    assert plan.verdicts == ()
    assert words.policies(plan) == "1 rules passed, 2 wait for a create"
    assert words.waits(plan) == ["no-wildcards is judged before the create of server, trainer"]
