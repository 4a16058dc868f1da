"""The bench: what is judged when, what an unknown does, what an exception does."""

import dataclasses
import datetime as dt

import pytest

from infra.catalog.values import UNKNOWN
from policy.judge.bench import Bench, BrokenRuleError
from policy.judge.summary import summary
from policy.model.exemption import Exemption
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Level, OnUnknown, Rule, Severity
from policy.model.verdicts import PASS, Fail, Unverified, Verdict, worst
from tests.policy.make import OWNED, bench, environment, judged, named, resource

KIND = "localhost:index:Bucket"


def colour_is_blue(thing: Resource, facts: Facts) -> Verdict:
    """Judge by one property; an unknown one is looked up in the thing that it comes from."""
    colour = thing.get("colour")
    if colour is UNKNOWN:
        sources = facts.graph.referred(thing, "colour")
        colour = sources[0].get("colour") if sources else UNKNOWN
    if colour is UNKNOWN:
        return Unverified("the colour is not known", "colour")
    return PASS if colour == "blue" else Fail(f"colour is {colour}", "set colour to blue")


BLUE = Rule(
    name="things-are-blue",
    says="Things are blue",
    why="Red ones look hot",
    fix="Paint it.",
    severity=Severity.LOW,
    on_unknown=OnUnknown.FAIL,
    frameworks=Frameworks(soc2=("CC1.1",)),
    at_create={KIND: colour_is_blue},
    topic="colour",
)


def test_a_preview_puts_off_what_it_cannot_decide_and_an_update_does_not() -> None:
    """An unknown value is no finding before the create in a preview, and stops the create in an update."""
    thing = resource(KIND, "thing", colour=UNKNOWN)
    assert Bench([BLUE], preview=True).before_create(thing) == []
    (finding,) = Bench([BLUE], preview=False).before_create(thing)
    assert finding.stops
    assert isinstance(finding.verdict, Unverified)


def test_an_unknown_value_is_judged_by_its_source() -> None:
    """A value that comes from a resource of the same preview is judged by that resource's own inputs."""
    blue, red = resource("t:t:Pot", "blue", colour="blue"), resource("t:t:Pot", "red", colour="red")
    good = resource(KIND, "good", colour=UNKNOWN, from_={"colour": blue})
    bad = resource(KIND, "bad", colour=UNKNOWN, from_={"colour": red})
    lost = resource(KIND, "lost", colour=UNKNOWN)
    findings = judged([blue, red, good, bad, lost], Bench([BLUE], preview=True))
    assert named(findings) == [("things-are-blue", "bad"), ("things-are-blue", "lost")]
    assert all(finding.stops for finding in findings)


def test_unverified_warns_where_the_configuration_says_so() -> None:
    """`onUnknown: warn` makes an unverified resource advisory; a failing one still stops the run."""
    bench = Bench([BLUE], options={BLUE.name: {"onUnknown": "warn"}}, preview=False)
    (lost,) = bench.before_create(resource(KIND, "lost", colour=UNKNOWN))
    (red,) = bench.before_create(resource(KIND, "red", colour="red"))
    assert (lost.level, red.level) == (Level.ADVISORY, Level.MANDATORY)


def test_what_only_the_update_knows_waits_for_it() -> None:
    """A preview with `onUnknown: warn` leaves an unknown value to the update, and says so; a failure does not wait."""
    bench = Bench([BLUE], options={BLUE.name: {"onUnknown": "warn"}}, preview=True)
    lost, red = resource(KIND, "lost", colour=UNKNOWN), resource(KIND, "red", colour="red")
    findings = judged([lost, red], bench)
    assert named(findings) == [("things-are-blue", "red")]
    assert bench.waiting == [(BLUE, lost.urn)]
    assert "1 wait for their create" in summary(bench, findings)
    assert "things-are-blue is judged before the create of lost" in summary(bench, findings)


def test_an_exception_in_a_rule_stops_the_run() -> None:
    """A rule that breaks never counts as a pass: the error names the rule, the resource and the cause."""

    def breaks(thing: Resource, facts: Facts) -> Verdict:
        raise KeyError("shape")

    judge = Bench([dataclasses.replace(BLUE, at_create={"*": breaks})], preview=True)
    with pytest.raises(BrokenRuleError, match=r"things-are-blue broke on urn:.*thing: KeyError: 'shape'"):
        judge.before_create(resource(KIND, "thing"))


def test_an_unknown_value_is_neither_true_nor_false() -> None:
    """A rule that forgets about unknown values breaks, and so stops the run, instead of guessing."""

    def forgets(thing: Resource, facts: Facts) -> Verdict:
        return PASS if thing.get("colour") else Fail("no colour", "set one")

    judge = Bench([dataclasses.replace(BLUE, at_create={"*": forgets})], preview=True)
    with pytest.raises(BrokenRuleError, match="neither true nor false"):
        judge.before_create(resource(KIND, "thing", colour=UNKNOWN))


def test_a_resource_that_only_the_stack_shows_is_judged_there() -> None:
    """What was never shown before its create (a targeted update) is judged with the stack."""
    judge = Bench([BLUE], preview=False)
    assert named(judge.whole_stack([resource(KIND, "red", colour="red")])) == [("things-are-blue", "red")]


def test_a_finding_is_told_once() -> None:
    """What failed before its create does not fail again with the stack."""
    assert len(judged([resource(KIND, "red", colour="red")], Bench([BLUE], preview=True))) == 1


def test_an_exempted_finding_is_advisory_and_counted() -> None:
    """An exemption turns a failure into a note that says until when, by whom and why."""
    exemption = Exemption("*::red", BLUE.name, "a museum piece", "ada", dt.date(2027, 1, 1))
    idle = dataclasses.replace(exemption, urn="*::green")
    judge = Bench([BLUE], exemptions=[exemption, idle], preview=True)
    (finding,) = judged([resource(KIND, "red", colour="red")], judge)
    assert finding.level is Level.ADVISORY
    assert "until 2027-01-01 by ada: a museum piece" in finding.text()
    assert judge.used == {exemption: 1}
    assert judge.unused() == [idle]


def test_an_exemption_that_matches_nothing_is_told() -> None:
    """An exemption whose resource is gone or mended should go too; the note says which."""
    idle = Exemption("*::gone", "stores-use-our-keys", "a museum piece", "ada", dt.date(2027, 1, 1))
    (finding,) = judged([environment()], bench(exemptions=[idle], preview=True))
    assert finding.rule.name == "exemptions-match-something"
    assert not finding.stops
    assert "*::gone" in finding.text()


def test_a_disabled_rule_is_not_asked() -> None:
    """Level `disabled` silences one rule."""
    judge = Bench([BLUE], levels={BLUE.name: Level.DISABLED}, preview=True)
    assert judged([resource(KIND, "red", colour="red")], judge) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [({"onUnkown": "warn"}, "unknown option 'onUnkown'"), ({"onUnknown": "pass"}, "allowed: fail, warn")],
)
def test_a_wrong_option_is_refused(given: dict[str, str], message: str) -> None:
    """A misspelt option of a rule stops the run instead of leaving the default in silence."""
    with pytest.raises(ValueError, match=message):
        Bench([BLUE], options={BLUE.name: given})


def test_failures_of_one_resource_are_joined() -> None:
    """A failure beats an unknown, and several failures become one."""
    verdict = worst([PASS, Unverified("x"), Fail("a is 1", "set a"), Fail("b is 2", "set b")])
    assert verdict == Fail("a is 1; b is 2", "set a; set b")


def test_a_finding_says_what_why_and_how_to_mend_it() -> None:
    """The text names the URN, the property and its value, the reason, the control, the fix and the page."""
    (finding,) = judged(
        [environment(), resource(KIND, "raw", encryption="none", dataClass="corpus", labels=OWNED)],
        bench(preview=True),
    )
    text = finding.text()
    assert 'Bucket::raw: encryption is "none"' in text
    assert "GDPR Art. 32(1)(a)" in text
    assert 'set encryption to "customer-managed"' in text
    assert "docs/policies/encryption.md#stores-use-our-keys" in text
