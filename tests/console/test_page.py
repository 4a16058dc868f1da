"""The page is self-contained, escapes what it shows, and draws the loss as it was."""

import re
from pathlib import Path

import pytest
from markupsafe import Markup

from console import page
from console.events import Gathered
from console.page.plot import loss_curve
from console.state import Resource, Snapshot


def resource(token: str, name: str, *, parent: str = "", custom: bool = True, **outputs: object) -> Resource:
    """Make a resource of a state."""
    urn = f"urn:pulumi:s::causeway::{token}::{name}"
    return Resource(urn, token, name, parent, custom, {}, outputs)


@pytest.fixture
def state() -> Snapshot:
    """Give a state with one component, its bucket, and a training result with a hostile text."""
    store = resource("causeway:index:ObjectStore", "artifacts", custom=False)
    bucket = resource("localhost:index:Bucket", "artifacts", parent=store.urn, url="file:///x")
    training = {"first_loss": 7.5, "last_loss": 4.25, "steps": 300.0, "corpus": "<script>alert(1)</script>"}
    outputs = {
        "training": {**training, "loss_curve": [[1, 7.5], [300, 4.25]]},
        "endpoint": "http://127.0.0.1:1",
    }
    return Snapshot((store, bucket), outputs)


def test_is_self_contained_and_escaped(
    state: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is loaded from anywhere, and text from outside is text."""
    monkeypatch.setenv("CAUSEWAY_HOME", str(tmp_path))
    html = page.write("s", state, Gathered()).read_text()
    assert "<script" not in html
    assert not re.search(r"""(src|href)=["']?(https?:)?//(?!127)""", html)
    assert "7.50 → 4.25" in html
    assert "Every rule passed." in html


def test_equal_input_gives_equal_bytes(
    state: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page can be compared between two runs."""
    monkeypatch.setenv("CAUSEWAY_HOME", str(tmp_path))
    first = page.write("s", state, Gathered()).read_bytes()
    assert page.write("s", state, Gathered()).read_bytes() == first


def test_the_curve_starts_high_and_ends_low() -> None:
    """A falling loss is drawn falling: y grows downwards in SVG."""
    drawn = re.search(r'points="([^"]+)"', loss_curve([[0, 8.0], [10, 4.0], [20, 3.0]]))
    assert drawn
    points = [tuple(map(float, pair.split(","))) for pair in drawn.group(1).split()]
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert [y for _, y in points] == sorted(y for _, y in points)


@pytest.mark.parametrize("points", [[], [[1, 2.0]]])
def test_too_few_points_draw_nothing(points: list[list[float]]) -> None:
    """A curve needs two points."""
    assert loss_curve(points) == Markup("")


def test_a_flat_curve_is_drawn() -> None:
    """Equal losses have no span to divide by, and are drawn all the same."""
    assert "polyline" in loss_curve([[0, 2.0], [1, 2.0]])
