"""Labels carry owner, team and data class in the spelling that each platform accepts."""

import re

import pytest

from infra.labels import Labels
from infra.platforms import PLATFORMS, Platform

LABELS = Labels(
    stack="aws-prod",
    component="object_store",
    owner="Ada Lovelace <ada@example.org>",
    team="Platform & Data",
    cost_center="CC 4711",
    data_class="pii-eu",
    extra={"Project": "Analytical Engine"},
)


def test_plain_leaves_out_what_is_empty() -> None:
    """A resource without data has no data-class label."""
    labels = Labels(stack="s", component="network", owner="o", team="t", cost_center="c")
    assert "data-class" not in labels.plain()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_keeps_every_label(platform: Platform) -> None:
    """No label is lost by spelling."""
    assert len(LABELS.spelled(platform)) == len(LABELS.plain())


@pytest.mark.parametrize(
    ("platform", "pattern"),
    [
        ("gcp", r"[a-z0-9_-]{1,63}"),
        ("onprem", r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"),
    ],
)
def test_strict_platforms_get_only_what_they_accept(platform: Platform, pattern: str) -> None:
    """Google Cloud and Kubernetes refuse spaces, ampersands and mail addresses."""
    for key, value in LABELS.spelled(platform).items():
        assert re.fullmatch(pattern, key), key
        assert re.fullmatch(pattern, value), value


def test_aws_keeps_the_text_as_it_is() -> None:
    """AWS tags may hold a mail address."""
    assert LABELS.spelled("aws")["owner"] == "Ada Lovelace <ada@example.org>"
