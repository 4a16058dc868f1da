"""Workload identity on Google Cloud: one service account of one namespace, one folder of one store."""

import pytest

from components.identity.gcp import ROLES, condition, member
from components.identity.shape import StoreRight


def test_a_member_is_one_service_account() -> None:
    """Namespace and service account have the workload's name."""
    assert member("research", "serve") == "serviceAccount:research.svc.id.goog[serve/serve]"


def test_only_a_folder_is_bounded() -> None:
    """A right on all of a store has no condition; one on a folder has."""
    assert condition(StoreRight("bucket", "read", "", None)) is None


@pytest.mark.parametrize(("access", "role"), [("read", "objectViewer"), ("write", "objectUser")])
def test_rights_are_on_objects_alone(access: str, role: str) -> None:
    """No role that changes the bucket itself or its policy."""
    assert ROLES[access] == f"roles/storage.{role}"
