"""Remedies: what they add mends the resource, and a second time they add nothing."""

import dataclasses

import pytest

from policy.judge.bench import Bench
from policy.model.environment import Environment
from policy.model.resource import Resource
from policy.model.rule import Level
from tests.policy.make import environment, resource
from tests.policy.rules.case import RULES, UNKNOWN
from tests.policy.rules.test_rules import CASES

MENDABLE = [
    (case.rule, case.resources[-1])
    for case in CASES
    if case.verdict == "breaks"
    and case.resources[-1].type in RULES[case.rule].remedies
    and not case.environment
]


def mended(rule: str, broken: Resource) -> Resource:
    """Apply a rule's remedy once."""
    bench = Bench([RULES[rule]], levels={rule: Level.REMEDIATE}, environment=Environment.parse(environment()))
    better = bench.remedied(RULES[rule], RULES[rule].remedies[broken.type], broken)
    return dataclasses.replace(broken, props={**broken.props, **better})


@pytest.mark.parametrize(
    ("rule", "broken"), MENDABLE, ids=lambda value: value if isinstance(value, str) else value.type
)
def test_a_remedy_never_makes_things_worse_and_works_once(rule: str, broken: Resource) -> None:
    """A second remedy changes nothing, and nothing that was set is lost."""
    once = mended(rule, broken)
    assert mended(rule, once).props == once.props
    assert set(broken.props) <= set(once.props)


def test_a_remedy_mends() -> None:
    """IMDSv1 with two hops becomes IMDSv2 with one, and what else stood there stays."""
    options = {"httpTokens": "optional", "httpPutResponseHopLimit": 2, "instanceMetadataTags": "enabled"}
    broken = resource("aws:ec2/launchTemplate:LaunchTemplate", "t", metadataOptions=options)
    assert mended("metadata-needs-a-session", broken).props["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
        "instanceMetadataTags": "enabled",
    }


def test_a_label_that_is_there_stays() -> None:
    """Labels are added, never replaced."""
    broken = resource("aws:ec2/vpc:Vpc", "v", tags={"owner": "grace"})
    assert mended("resources-say-whose-they-are", broken).props["tags"] == {
        "owner": "grace",
        "team": "research",
        "cost-center": "r-1",
    }


def test_secrets_and_unknown_values_are_left_alone() -> None:
    """A remedy does not write back what it could spoil: a secret would become plain, an unknown value a text."""
    secret = resource("aws:ec2/vpc:Vpc", "v", tags={"token": "hush"}, secrets=["tags.token"])
    later = resource("aws:ec2/vpc:Vpc", "v", tags={"Name": UNKNOWN})
    assert mended("resources-say-whose-they-are", secret).props == secret.props
    assert mended("resources-say-whose-they-are", later).props == later.props
