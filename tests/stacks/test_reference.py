"""Another stack is read once, at the door: what is missing or wrong is told with its stack and the way to mend it."""

import copy
from typing import Any

import pytest
from grounds import CLOUD, SITE

from infra.problems import ProblemsError
from stacks import reference
from stacks.ground import Ground


def outputs(**facts: Any) -> dict[str, Any]:
    """Give what a cloud exports, with some facts different."""
    return {"ground": {**copy.deepcopy(CLOUD), **facts}, "kubeconfig": "kept"}


def refusal(given: dict[str, Any]) -> str:
    """Give the one error of what a stack exports."""
    with pytest.raises(ProblemsError) as caught:
        reference.parse("references.cloud", "aws-prod", given)
    return str(caught.value)


def test_what_a_stack_tells_is_read_into_types() -> None:
    """Numbers that the engine hands over as floats are whole again, and maps by zone have one order."""
    subnets = {"eu-north-1c": "subnet-c", "eu-north-1a": "subnet-a"}
    read = reference.parse(
        "references.cloud", "aws-prod", outputs(network={**CLOUD["network"], "subnets": subnets})
    )
    assert isinstance(read, Ground)
    assert read.cluster.pools["serve"].nodes == 2
    assert isinstance(read.cluster.pools["serve"].nodes, int)
    assert list(read.network.subnets.values()) == ["subnet-a", "subnet-c"]


def test_what_a_newer_program_tells_besides_is_no_mistake() -> None:
    """A stack that was brought up by a newer program can be read by an older one."""
    assert reference.parse("references.cloud", "aws-prod", outputs(moon="full")).platform == "aws"


@pytest.mark.parametrize("missing", ["ground", "kubeconfig"])
def test_an_output_that_is_missing(missing: str) -> None:
    """The stack, the output and the command that makes it are named."""
    told = refusal({name: value for name, value in outputs().items() if name != missing})
    assert f"references.cloud: aws-prod has no output '{missing}': run `causeway up aws-prod` first" in told


def test_every_fact_that_is_missing_or_wrong_is_told_at_once() -> None:
    """A fact that is not there, a text for a number and an unknown platform are three lines of one error."""
    given = outputs(platform="gpc")
    del given["ground"]["network"]["cidr"]
    given["ground"]["cluster"]["pools"]["serve"]["nodes"] = "two"
    told = refusal(given)
    assert "output ground.network.cidr of aws-prod is missing" in told
    assert "output ground.cluster.pools.serve.nodes of aws-prod is 'two', not a whole number" in told
    assert "output ground.platform of aws-prod is 'gpc', not aws, gcp, azure, onprem, local" in told
    assert told.count("run `causeway up aws-prod` first") == 3


def test_the_sample_of_a_site_is_one() -> None:
    """What these tests call a site reads as one."""
    assert reference.parse("references.site", "onprem", {"ground": SITE, "kubeconfig": ""}).cluster.issuer
