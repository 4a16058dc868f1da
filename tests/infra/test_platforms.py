"""The loader finds a capability's file for a platform, or says which file is missing."""

import pytest

from infra.platforms import NoBackendError, backend, supported


def test_finds_the_file() -> None:
    """`components/gpu_cluster/local.py` is the local backend of gpu_cluster."""
    assert backend("gpu_cluster", "local").__name__ == "components.gpu_cluster.local"
    assert "local" in supported("gpu_cluster")


def test_a_missing_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the file to add and what is there."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(
        NoBackendError, match=r"object_store has no gcp backend .*add components/object_store/gcp\.py"
    ):
        backend("object_store", "gcp")


def test_a_misspelt_platform_gets_the_nearest_name() -> None:
    """`azur` is no platform, `azure` is."""
    with pytest.raises(ValueError, match=r"unknown platform 'azur'.*Did you mean 'azure'"):
        backend("object_store", "azur")
