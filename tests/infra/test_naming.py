"""Names fit every platform and never collide by being shortened."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.naming import name


def test_joins_parts_in_lower_case() -> None:
    """Parts are joined with hyphens, and what no platform allows becomes a hyphen."""
    assert name("aws-prod", "Object Store", "eu_west") == "aws-prod-object-store-eu-west"


def test_a_long_name_keeps_its_beginning_and_ends_in_a_hash() -> None:
    """Two names that differ only beyond the limit stay different."""
    one, other = name("pool-" + "x" * 80 + "a", limit=24), name("pool-" + "x" * 80 + "b", limit=24)
    assert one != other
    assert one.startswith("pool-xxxx")
    assert len(one) == len(other) == 24


def test_nothing_usable_is_refused() -> None:
    """A name without a letter or digit is the user's mistake."""
    with pytest.raises(ValueError, match="no letter or digit"):
        name("--", "_")


@given(st.lists(st.text(min_size=1), min_size=1), st.integers(min_value=12, max_value=63))
def test_every_name_is_a_dns_label(parts: list[str], limit: int) -> None:
    """Whatever goes in, a name is at most `limit` long, of [a-z0-9-], and has no hyphen at its ends."""
    try:
        made = name(*parts, limit=limit)
    except ValueError:
        return
    assert len(made) <= limit
    assert made.strip("-") == made
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
