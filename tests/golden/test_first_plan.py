"""The first plan of a stack, when only the engine knows what will be there, passes the judges as its last one does."""

from collections.abc import Mapping
from typing import Any

import pytest

pytestmark = pytest.mark.engine


def test_no_judge_stops_the_first_plan(cloud: str, preview: Mapping[str, Any]) -> None:
    """No finding and nothing unverified, on each platform: `pulumi up` ends where its own preview is stopped."""
    told = [str(one["message"]) for one in preview["diagnostics"]]
    judged = next(line for line in told if line.startswith("policies: "))
    assert " 0 findings, of them 0 unverified" in judged, f"{cloud}: {told}"
    assert not [one for one in preview["diagnostics"] if one["severity"] == "error"]
