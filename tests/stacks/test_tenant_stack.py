"""Two teams, two stacks: the one of docs/clouds.md runs over a small environment of AWS, and leaves nothing."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scenes import Stage, two_teams

from console.policies import judges
from console.rehearse import proof
from console.rehearse.scene import Scene
from infra.paths import project
from policy.model.environment import ENVIRONMENT

pytestmark = pytest.mark.engine

PAGE = project() / "docs" / "clouds.md"
Resource = dict[str, Any]


def documented() -> str:
    """Give the stack file of the page."""
    blocks: list[str] = re.findall(r"```yaml\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return next(block for block in blocks if "causeway:stands_on" in block)


@pytest.fixture
def stage(tmp_path: Path, engine_env: dict[str, str]) -> Iterator[Stage]:
    """Give both stacks."""
    with two_teams("aws-dev", documented(), ("aws", "kubernetes", "random"), tmp_path, engine_env) as stage:
        yield stage


def test_a_team_runs_on_another_teams_environment(stage: Stage, tmp_path: Path) -> None:
    """Refused while the ground is not up; then up and judged, nothing to change, and down to nothing in order."""
    below, above = stage.below, stage.above
    early = above.play("preview", "preview")
    assert "stands_on: aws-dev is not up: run `causeway up aws-dev` first" in early.errors[0]
    assert below.play("up", "up").errors == ()
    packs = list(judges(tmp_path, None).packs)
    up, again = above.play("up", "up", policy_packs=packs), above.play("up again", "up")
    assert (up.errors, again.errors) == ((), ())
    assert (up.operations["create"] > 15, again.changed) == (True, 0)
    made, ground = resources(above), resources(below)
    promised(made)
    rights(made, ground)
    apart(made, ground)
    for one in (above, below):
        assert one.play("destroy", "destroy").errors == ()
    left = proof.inventory(above.stack, stage.standins.account, below.stack)
    assert (left.account, left.state) == (0, 0)


def resources(one: Scene) -> list[Resource]:
    """Give what a stack has."""
    found: list[Resource] = json.loads(proof.exported(one.stack))["deployment"]["resources"]
    return found


def of(found: list[Resource], token: str) -> list[Resource]:
    """Give the inputs of all resources of a type."""
    return [one["inputs"] for one in found if one["type"] == token]


def promised(made: list[Resource]) -> None:
    """The judges read the environment's promises, and the team's own budget, in the team's own state."""
    (environment,) = [one["inputs"] for one in made if one["type"] == ENVIRONMENT]
    assert environment["dataClasses"] == {
        "public-text": {"jurisdictions": ["any"], "rotationDays": 365, "personal": False}
    }
    assert (environment["platform"], environment["region"]) == ("aws", "eu-north-1")
    assert (environment["team"], environment["budget"]["monthlyUsd"]) == ("search", 0)


def rights(made: list[Resource], ground: list[Resource]) -> None:
    """Each workload may use its own folder of the environment's bucket, under its key, in its cluster alone."""
    (cluster,) = of(ground, "aws:eks/cluster:Cluster")
    bucket = next(
        one["outputs"]["bucket"]
        for one in ground
        if one["type"] == "aws:s3/bucket:Bucket" and one["urn"].endswith("::artifacts")
    )
    bound = {
        one["namespace"]: one["clusterName"]
        for one in of(made, "aws:eks/podIdentityAssociation:PodIdentityAssociation")
    }
    assert bound == {"apps-pretrain": cluster["name"], "apps-serve": cluster["name"]}
    for policy in of(made, "aws:iam/rolePolicy:RolePolicy"):
        statements = json.loads(policy["policy"])["Statement"]
        objects = next(one for one in statements if one["Sid"].endswith("Objects"))
        assert objects["Resource"] == f"arn:aws:s3:::{bucket}/runs/apps/*"
        key = next(one for one in statements if one["Sid"].endswith("Key"))
        assert key["Resource"].startswith("arn:aws:kms:eu-north-1:")


def apart(made: list[Resource], ground: list[Resource]) -> None:
    """Names in the cluster that both share are different, and jobs carry the labels of their own team."""
    token = "kubernetes:core/v1:Namespace"
    ours = {one["metadata"]["name"]: one["metadata"]["labels"]["team"] for one in of(made, token)}
    assert ours == {"apps-pretrain": "search", "apps-serve": "search"}
    assert not ours.keys() & {one["metadata"]["name"] for one in of(ground, token)}
