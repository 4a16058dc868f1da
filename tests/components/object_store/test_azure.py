"""Containers on Azure: redundancy inside the jurisdiction, and how long blobs stay."""

from typing import Any

import pytest

from components.object_store.azure import rules
from components.object_store.shape import parse
from infra.problems import ProblemsError


def spec(**more: Any) -> Any:
    """Give a checked store in the Netherlands."""
    args = {"platform": "azure", "region": "westeurope", "data_class": "text", "key": "k"}
    return parse({**args, **more})


@pytest.mark.parametrize(
    ("more", "sku"),
    [
        ({}, "Standard_ZRS"),
        ({"region": "northcentralus"}, "Standard_LRS"),
        ({"replica_region": "northeurope", "replica_key": "k", "jurisdictions": ["eu"]}, "Standard_GZRS"),
        (
            {"region": "northcentralus", "replica_region": "southcentralus", "replica_key": "k"},
            "Standard_GRS",
        ),
    ],
)
def test_redundancy_follows_zones_and_pair(more: dict[str, Any], sku: str) -> None:
    """Over the zones where there are any, and over the pair when a copy is asked for."""
    assert rules.refuse(spec(**more)) == sku


@pytest.mark.never_again
def test_a_pair_outside_the_jurisdiction_is_one_clear_error() -> None:
    """Geo-redundant accounts copy themselves to a pair that the settings never name: brazilsouth's lies in the US."""
    args = {
        "region": "brazilsouth",
        "replica_region": "southcentralus",
        "replica_key": "k",
        "jurisdictions": ["br"],
    }
    with pytest.raises(ProblemsError, match=r"replica_region: southcentralus lies in us") as caught:
        rules.refuse(spec(**args))
    assert len(caught.value.problems) == 1


def test_versions_are_not_counted() -> None:
    """Azure forgets versions by age; the text says which setting does."""
    with pytest.raises(ProblemsError, match="noncurrent_days"):
        rules.refuse(spec(noncurrent_versions=3))


def test_lifecycle_is_what_the_settings_say() -> None:
    """One rule a setting, and none of its own."""
    assert rules.lifecycle(spec()) == []
    found = rules.lifecycle(spec(noncurrent_days=30, archive_days=180, expire_days=400))
    actions = {rule["name"]: rule["definition"]["actions"] for rule in found}
    assert actions["older-versions"]["version"]["delete"] == {"days_after_creation_greater_than": 30}
    assert actions["archive"]["base_blob"]["tier_to_cold"] == {"days_after_modification_greater_than": 180}
    assert actions["expire"]["base_blob"]["delete"] == {"days_after_modification_greater_than": 400}
