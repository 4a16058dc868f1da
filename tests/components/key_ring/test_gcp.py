"""Keys on Google Cloud: where copies lie, and who uses them."""

from typing import Any

import pytest

from components.key_ring.gcp import copies
from components.key_ring.gcp.agents import address
from components.key_ring.shape import parse
from infra.problems import ProblemsError


def spec(**more: Any) -> Any:
    """Give a checked ring of one class in the Netherlands."""
    return parse(
        {"platform": "gcp", "region": "europe-west4", "account": "p", "rotation_days": {"text": 90}, **more}
    )


def test_the_key_of_a_copy_lies_in_both_regions() -> None:
    """The dual-region of Finland and the Netherlands holds bucket and key alike."""
    asked = spec(replica_regions={"text": ["europe-north1"]}, jurisdictions={"text": ["eu"]})
    assert copies(asked) == {("text", "europe-north1"): "eur4"}


def test_a_copy_outside_the_jurisdiction_is_refused() -> None:
    """Data of Germany may not lie in Finland and the Netherlands."""
    with pytest.raises(ProblemsError, match=r"eur4 lies in fi and nl .*allowed: de"):
        copies(spec(replica_regions={"text": ["europe-north1"]}, jurisdictions={"text": ["de"]}))


def test_regions_without_a_pair_are_refused() -> None:
    """There is no dual-region with Belgium; the text names the one that there is."""
    with pytest.raises(ProblemsError, match="europe-west4 is in eur4"):
        copies(spec(replica_regions={"text": ["europe-west1"]}))


def test_rotation_by_hand_says_how() -> None:
    """KMS rotates by time; for now there is a command."""
    with pytest.raises(ProblemsError, match="gcloud kms keys versions create --primary"):
        copies(spec(generation=2))


def test_agents_of_a_project_differ_in_their_domain() -> None:
    """One agent tells the project's number, so nothing is looked up; what is no agent is refused."""
    found = address("service-123@container-engine-robot.iam.gserviceaccount.com", "gs-project-accounts")
    assert found == "service-123@gs-project-accounts.iam.gserviceaccount.com"
    with pytest.raises(ValueError, match="is no service agent"):
        address("me@example.org", "compute-system")
