"""Buckets on Google Cloud: where they lie, and what goes away with time."""

from typing import Any

import pytest

from components.object_store.gcp.rules import lifecycle, placed, versions
from components.object_store.shape import parse
from infra.problems import ProblemsError


def spec(**more: Any) -> Any:
    """Give a checked store in the Netherlands."""
    return parse({"platform": "gcp", "region": "europe-west4", "data_class": "text", "key": "k", **more})


def copied(**more: Any) -> Any:
    """Give a store with a copy in Finland."""
    return spec(replica_region="europe-north1", replica_key="k2", **more)


def test_a_copy_makes_a_bucket_of_two_regions() -> None:
    """One region without a copy, the dual-region of both with one."""
    assert placed(spec()) == "europe-west4"
    assert placed(copied(jurisdictions=["eu"])) == "eur4"


def test_a_bucket_does_not_leave_the_jurisdiction() -> None:
    """One clear error: where it would lie, and what is allowed."""
    with pytest.raises(ProblemsError, match=r"replica_region: eur4 lies in fi and nl .*allowed: nl"):
        placed(copied(jurisdictions=["nl"]))


def test_one_thing_alone_moves_objects() -> None:
    """By their use, or by their age: a bucket with Autoclass takes no rule that sets a class."""
    assert not any(one["action"]["type"] == "SetStorageClass" for one in lifecycle(spec(tiering="by-use")))
    with pytest.raises(ProblemsError, match="archive_days: given with tiering by-use"):
        spec(tiering="by-use", archive_days=90)


def test_time_rules_are_those_of_the_settings() -> None:
    """Broken uploads always go; versions, tiers and ends as said, each told apart by its state."""
    assert [one["action"]["type"] for one in lifecycle(spec())] == ["AbortIncompleteMultipartUpload"]
    rules = lifecycle(spec(noncurrent_days=30, noncurrent_versions=2, archive_days=180, expire_days=365))
    older, colder, ended = (one["condition"] for one in rules[1:])
    assert older == {"with_state": "ARCHIVED", "num_newer_versions": 2, "days_since_noncurrent_time": 30}
    assert (colder, ended) == ({"age": 180}, {"age": 365, "with_state": "LIVE"})


@pytest.mark.never_again
def test_a_locked_bucket_keeps_no_versions() -> None:
    """Google's page on versions: a bucket has a retention policy or versions; what is locked is not replaced anyway."""
    assert versions(spec()) == {"enabled": True}
    assert versions(spec(versioning=False)) == {"enabled": False}
    assert versions(spec(lock_days=30)) == {"enabled": False}
