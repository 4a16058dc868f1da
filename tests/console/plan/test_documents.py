"""The plan's machine formats against their own definitions.

The schema is OASIS's, unchanged:
https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json
"""

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft4Validator

from console.plan import documents
from console.plan.make import make
from console.plan.model import Plan
from console.plan.recording import Recording
from policy.judge.finding import Finding
from policy.model.exemption import Exemption
from policy.model.rule import Level
from policy.model.verdicts import Fail, Unverified
from policy.rules import load

from .made import POOL, environment, finding, growth, judged, pool, state, step, urn

RULES = load()


def found(number: int, verdict: Fail | Unverified, exemption: Exemption | None = None) -> dict[str, Any]:
    """Give an event as a rule of the pack brings it about."""
    rule = RULES[number]
    text = Finding(rule, urn(POOL, "train"), verdict, Level.MANDATORY, exemption).text()
    return finding(rule.name, text, "train", "advisory" if exemption else "mandatory", rule.severity.value)


def plans() -> dict[str, Plan]:
    """Make a plan for every shape that a verdict takes."""
    exemption = Exemption("*", RULES[2].name, "an <auditor> & reads it", "ada", dt.date(2027, 3, 31))
    events = (
        *growth().events,
        found(0, Fail('region is "us-east-1"', 'set region to "eu-west-1"', "data of class corpus")),
        found(1, Unverified("its place is not known\x07", "region")),
        found(2, Fail("it <script> breaks", "mend it"), exemption),
        finding("another-pack", "no public buckets", "train", severity=""),
        *judged("0.00"),
    )
    old = state(POOL, "train", pool(8))
    lost = (environment(), step("delete", old, None))
    return {
        "nothing": make(growth(), "test"),
        "everything": make(Recording(events), "test"),
        "a loss": make(Recording(lost), "test"),
    }


@cache
def schema() -> Draft4Validator:
    """Read the schema of SARIF 2.1.0."""
    text = (Path(__file__).parent / "sarif-schema-2.1.0.json").read_text(encoding="utf-8")
    return Draft4Validator(json.loads(text), format_checker=Draft4Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("name", plans())
def test_sarif_keeps_its_schema(name: str) -> None:
    """With no verdict, with one of each shape, and with a loss, the log is valid SARIF 2.1.0."""
    log = json.loads(documents.sarif(plans()[name]))
    assert [f"{error.json_path}: {error.message}" for error in schema().iter_errors(log)] == []


def test_the_schema_refuses_what_is_no_sarif() -> None:
    """The schema bites: a result without a message, and a level that does not exist, are errors."""
    log = json.loads(documents.sarif(plans()["everything"]))
    del log["runs"][0]["results"][0]["message"]
    log["runs"][0]["results"][1]["level"] = "fatal"
    assert {error.json_path for error in schema().iter_errors(log)} == {
        "$.runs[0].results[0]",
        "$.runs[0].results[1].level",
    }


@pytest.mark.parametrize("name", plans())
def test_junit_is_xml_that_counts_right(name: str) -> None:
    """The numbers at the top are those of the cases below, with control characters and markup in the texts."""
    root = ET.fromstring(documents.junit(plans()[name]))
    (suite,) = root.findall("testsuite")
    cases = suite.findall("testcase")
    for one in (root, suite):
        assert int(one.attrib["tests"]) == len(cases)
        assert int(one.attrib["failures"]) == len(
            [case for case in cases if case.find("failure") is not None]
        )
    assert all(case.attrib["name"] and case.attrib["classname"] == "test" for case in cases)


def test_a_lost_pool_stops_the_plan_until_the_stack_file_names_it() -> None:
    """A deleted pool is a verdict that stops, with the word that is missing."""
    (verdict,) = plans()["a loss"].stops
    assert verdict.rule == "losses-are-acknowledged"
    assert "may_lose: [train]" in verdict.fix
    named = {"preludeEvent": {"config": {"causeway:may_lose": '["train"]'}}}
    lost = (named, environment(), step("delete", state(POOL, "train", pool(8)), None))
    assert make(Recording(lost), "test").stops == ()
