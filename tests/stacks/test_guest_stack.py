"""Two teams on a site: the stack of one is a guest of the other's store, in one folder, and leaves nothing behind."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scenes import Stage, two_teams

from console.policies import judges
from console.rehearse import proof
from console.rehearse.scene import Scene
from policy.model.environment import ENVIRONMENT

pytestmark = pytest.mark.engine

APPS = """config:
  causeway:stands_on: onprem
  causeway:owner: search@example.org
  causeway:team: search
  causeway:cost_center: products
  causeway:budget: {monthly_usd: 0}
  causeway:training:
    store: artifacts
    pool: joint
    options: {steps: 200, image: "registry.hall-1.example.org/pretrain@sha256:DIGEST"}
  causeway:serving:
    store: artifacts
    pool: joint # the trainer's: the server waits until the job is done
    options: {image: "registry.hall-1.example.org/serve@sha256:DIGEST"}
""".replace("DIGEST", "0" * 64)

Resource = dict[str, Any]


@pytest.fixture
def stage(tmp_path: Path, engine_env: dict[str, str]) -> Iterator[Stage]:
    """Give both stacks."""
    with two_teams("onprem", APPS, ("kubernetes", "random", "tls"), tmp_path, engine_env) as stage:
        yield stage


def test_a_guest_comes_and_goes(stage: Stage, tmp_path: Path) -> None:
    """Up and judged, nothing to change; it is gone and the site is whole, with nothing to change; down to nothing."""
    below, above = stage.below, stage.above
    assert below.play("up", "up").errors == ()
    ground = resources(below)
    packs = list(judges(tmp_path, None).packs)
    up, again = above.play("up", "up", policy_packs=packs), above.play("up again", "up")
    assert (up.errors, again.errors) == ((), ())
    assert (up.operations["create"] > 15, again.changed) == (True, 0)
    made = resources(above)
    known(made, ground)
    let_in(made, ground)
    apart(made, ground)
    joined(made)
    assert above.play("destroy", "destroy").errors == ()
    alone = below.play("preview", "preview")
    assert (alone.errors, alone.changed) == ((), 0)
    assert below.play("destroy", "destroy").errors == ()
    left = proof.inventory(above.stack, stage.standins.account, below.stack)
    assert (left.account, left.state) == (0, 0)


def resources(one: Scene) -> list[Resource]:
    """Give what a stack has, secrets opened."""
    exported: list[Resource] = json.loads(proof.exported(one.stack, "--show-secrets"))["deployment"][
        "resources"
    ]
    return exported


def of(found: list[Resource], token: str) -> dict[str, Resource]:
    """Give the inputs of all resources of a type, by name."""
    return {one["urn"].rpartition("::")[2]: one["inputs"] for one in found if one["type"] == token}


def opened(value: Any) -> Any:
    """Give the value of a secret of an export."""
    return json.loads(value["plaintext"]) if isinstance(value, dict) and "plaintext" in value else value


def known(made: list[Resource], ground: list[Resource]) -> None:
    """The site's promises are in the guest's own state; its keys and its certificate come from the site's."""
    (environment,) = of(made, ENVIRONMENT).values()
    assert (environment["platform"], environment["region"]) == ("onprem", "hall-1")
    assert list(environment["dataClasses"]) == ["models"]
    certificate = next(
        one["outputs"]["certPem"] for one in ground if one["urn"].endswith("SelfSignedCert::onprem-artifacts")
    )
    told = next(one["outputs"]["ground"] for one in ground if one["type"] == "pulumi:pulumi:Stack")
    assert (
        told["stores"]["artifacts"]["authority"] == certificate
    )  # for every eye: what decides the graph is no secret
    secrets = of(made, "kubernetes:core/v1:Secret")
    for workload in ("pretrain", "serve"):
        held = opened(secrets[f"apps-{workload}-credentials"]["stringData"])
        assert held["CAUSEWAY_AUTHORITY"] == certificate
        assert held["AWS_SSE_KMS_KEY_ID"] == "onprem-keys-models"
        pair = opened(secrets[f"rook-ceph-apps-apps-{workload}-pair"]["stringData"])
        assert (held["AWS_ACCESS_KEY_ID"], held["AWS_SECRET_ACCESS_KEY"]) == (pair["access"], pair["hidden"])


def let_in(made: list[Resource], ground: list[Resource]) -> None:
    """The users that the guest makes are those that the site's policy names: one writes, one reads, in one folder."""
    users = of(made, "kubernetes:ceph.rook.io/v1:CephObjectStoreUser")
    masks = {one["metadata"]["name"]: one["spec"]["opMask"] for one in users.values()}
    assert {one["spec"]["store"] for one in users.values()} == {"onprem-artifacts"}
    claims = of(ground, "kubernetes:objectbucket.io/v1alpha1:ObjectBucketClaim")
    policy = json.loads(claims["onprem-artifacts"]["spec"]["additionalConfig"]["bucketPolicy"])
    seen: dict[str, list[str]] = {}
    for one in policy["Statement"]:
        user = one["Principal"]["AWS"][0].rpartition("/")[2] if one["Effect"] == "Allow" else ""
        if user in masks and "s3:GetObject" in one["Action"]:
            assert one["Resource"] == ["arn:aws:s3:::onprem-artifacts/runs/apps/*"]
            seen[user] = one["Action"]
    assert seen.keys() == masks.keys()
    assert {user: "s3:PutObject" in actions for user, actions in seen.items()} == {
        user: "write" in mask for user, mask in masks.items()
    }


def apart(made: list[Resource], ground: list[Resource]) -> None:
    """Nothing of the cluster is in both stacks, storage is installed once, and a guest mounts no one else's files."""
    names = [
        {
            (one["type"], opened(meta)["name"], opened(meta).get("namespace"))
            for one in found
            if isinstance(meta := one.get("inputs", {}).get("metadata"), dict) and "name" in opened(meta)
        }
        for found in (made, ground)
    ]
    assert all(names)
    assert not names[0] & names[1]
    assert not of(made, "kubernetes:ceph.rook.io/v1:CephCluster")
    assert not of(made, "kubernetes:core/v1:PersistentVolume")


def joined(made: list[Resource]) -> None:
    """On machines with a fabric the trainer's pods ask for its devices, and the server's, each alone, do not."""
    asked = {}
    for token in ("kubernetes:batch/v1:Job", "kubernetes:apps/v1:Deployment"):
        ((name, one),) = of(made, token).items()
        (container,) = one["spec"]["template"]["spec"]["containers"]
        asked[name] = {part.partition("/")[0] for part in container["resources"]["limits"]} - {
            "cpu",
            "memory",
        }
    assert asked["apps-serve"] == {"nvidia.com", "ephemeral-storage"} & asked["apps-serve"]
    assert asked["apps-pretrain"] > asked["apps-serve"]
