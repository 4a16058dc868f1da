"""Buckets of a site: who may do what, what is refused to everyone, and what a claim has no word for."""

from typing import Any

import pytest

from components.object_store.onprem import refuse, rules
from components.object_store.onprem.gateway import object_store
from components.object_store.shape import ObjectStoreSpec, parse
from infra.problems import ProblemsError

RIGHTS = {"pretrain": {"access": "write", "prefix": "runs/pretrain"}, "serve": {"access": "read"}}


def store(**more: Any) -> ObjectStoreSpec:
    """Give a checked store."""
    args = {"platform": "onprem", "data_class": "models", "key": "models-key", "versioning": False, **more}
    return parse(args)


def test_each_workload_does_its_part_and_no_more() -> None:
    """A trainer writes below its folder; a server reads and never writes."""
    statements = rules.policy("it", store(workloads=RIGHTS))["Statement"]
    trains, lists, serves, *_ = statements
    assert trains["Resource"] == ["arn:aws:s3:::it/runs/pretrain/*"]
    assert "s3:PutObject" in trains["Action"]
    assert lists["Condition"] == {"StringLike": {"s3:prefix": ["runs/pretrain", "runs/pretrain/*"]}}
    assert serves["Action"] == list(rules.READ)


def test_a_guest_is_a_user_of_its_own_stack() -> None:
    """A stack that stands on this one makes its users itself; the policy knows them by that stack's name."""
    guest = {"access": "read", "prefix": "runs/apps", "stack": "apps"}
    reads, *_ = rules.policy("it", store(workloads={"apps-serve": guest}))["Statement"]
    assert reads["Principal"] == {"AWS": ["arn:aws:iam:::user/apps-apps-serve"]}
    assert (reads["Action"], reads["Resource"]) == (list(rules.READ), ["arn:aws:s3:::it/runs/apps/*"])


def test_nothing_is_written_but_under_our_key() -> None:
    """A write that names another key, or none, is refused to everyone; a plain store has no such rule.

    Both are needed: on Ceph a condition on a header that is absent never holds.
    """
    *_, other, none = rules.policy("it", store())["Statement"]
    header = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    assert {(one["Effect"], one["Principal"]) for one in (other, none)} == {("Deny", "*")}
    assert other["Condition"] == {"StringNotEquals": {header: "models-key"}}
    assert none["Condition"] == {"Null": {header: "true"}}
    assert rules.policy("it", store(encryption="none", key=None))["Statement"] == []


def test_gateways_speak_tls_alone() -> None:
    """There is no plain port, there are two gateways, and pools outlive a deleted store."""
    described = object_store("it", store())
    assert described["gateway"]["securePort"] == 443
    assert "port" not in described["gateway"]
    assert described["gateway"]["instances"] == 2
    assert described["preservePoolsOnDelete"] is True


@pytest.mark.parametrize(
    "asked",
    [
        {"versioning": True},
        {"versioning": True, "lock_days": 30},
        {"noncurrent_days": 7},
        {"archive_days": 30},
        {"replica_region": "hall-2", "replica_key": "k"},
    ],
)
def test_what_a_claim_cannot_say_is_refused(asked: dict[str, Any]) -> None:
    """Each is one clear mistake with what to write instead."""
    with pytest.raises(ProblemsError, match="can't be built on premises"):
        refuse("it", store(**asked))


def test_old_objects_go_away_by_rules_in_order() -> None:
    """Rook wants the rules sorted by name."""
    names = [rule["ID"] for rule in rules.lifecycle(store(expire_days=30))["Rules"]]
    assert names == sorted(names) == ["cut-off-uploads", "expired"]
