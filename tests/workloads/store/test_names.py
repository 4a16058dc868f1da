"""Object names are portable, or refused with the reason."""

import pytest

from workloads.store import StoreError
from workloads.store.names import check


@pytest.mark.parametrize(
    "name", ["a", "a/b", "runs/pretrain/step-100.safetensors", "ü/日本 語", "a" * 255, ".hidden", "a..b"]
)
def test_an_ordinary_name_passes(name: str) -> None:
    """Letters of any script, spaces, dots and dashes are allowed."""
    assert check(name) == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "empty"),
        ("/a", "the part ''"),
        ("a/", "the part ''"),
        ("a//b", "the part ''"),
        ("a/../b", r"the part '\.\.'"),
        (".", r"the part '\.'"),
        ("a\\b", "backslash"),
        ("a\nb", "control characters"),
        ("a\x00b", "control characters"),
        (".causeway/bucket.json", "reserved"),
        ("a/.causeway-x", "reserved"),
        ("a" * 256, "longer than 255 bytes"),
        ("/".join(["ä" * 100] * 6), "longer than 1024 bytes"),
    ],
)
def test_a_bad_name_is_refused_with_the_reason(name: str, why: str) -> None:
    """Names that could leave the bucket, clash with the client's files or fit no cloud are told why."""
    with pytest.raises(StoreError, match=why):
        check(name)
