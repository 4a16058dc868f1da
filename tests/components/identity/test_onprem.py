"""Users of a site's storage: one store each, a mask that fits the right, and writes that name the key."""

import pulumi
import pytest

from components.identity.onprem import DOES, build
from components.identity.shape import ACCESS, parse
from infra.problems import ProblemsError

RIGHT = {"store": "artifacts", "access": "write", "prefix": "runs/pretrain", "key": "models-key"}


def test_every_right_has_a_mask() -> None:
    """Who reads can neither write nor delete, whatever a policy says."""
    assert set(DOES) == set(ACCESS)
    assert DOES["read"] == ["read"]


def test_a_workload_uses_one_store() -> None:
    """Users belong to a store, so rights on a second one are refused with what to do."""
    spec = parse({"platform": "onprem", "workload": "pretrain", "stores": {"one": RIGHT, "other": RIGHT}})
    with pytest.raises(ProblemsError, match="one store for each workload"):
        build("pretrain", spec, pulumi.ResourceOptions())
