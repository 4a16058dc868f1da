"""Bills side by side, as a table's rows, as a document and as a picture."""

from xml.etree import ElementTree as ET

import pytest

from console.cost.bills import column, rows
from console.cost.command import document
from console.cost.plot import bars
from console.plan.recording import Recording
from tests.console.plan.made import P5, POOL, created, environment, pool


def test_a_variant_stands_beside_the_stack() -> None:
    """Eight and nine machines of one pool are one row that differs; the pool that both have is one that does not."""
    serve = created(POOL, "serve", pool(2, machine="g6.xlarge"))
    one = column("as it is", Recording((environment(), created(POOL, "train", pool(8)), serve)), "test")
    two = column("nodes=9", Recording((environment(), created(POOL, "train", pool(9)), serve)), "test")
    train, other = rows([one, two])
    assert [round(span.expected, 2) for span in train.monthly] == [
        round(8 * 730 * P5, 2),
        round(9 * 730 * P5, 2),
    ]
    assert (train.differs, other.differs) == (True, False)


def test_the_document_has_price_source_and_date_of_every_line() -> None:
    """No line costs nothing, and each says where its price is from; what has none is listed apart."""
    events = (
        environment(),
        created(POOL, "train", pool(8)),
        created(POOL, "new", pool(1, machine="p5e.48xlarge")),
    )
    (found,) = document([column("test", Recording(events), "test")])["columns"]
    (line,) = found["lines"]
    assert (
        line["quantity"] * line["usd"]
        == pytest.approx(line["monthly"]["expected"])
        == pytest.approx(8 * 730 * P5)
    )
    assert line["source"]
    assert line["asOf"]
    assert [gap["item"] for gap in found["unpriced"]] == ["p5e.48xlarge"]


def test_the_picture_shows_sums_ranges_and_the_cap() -> None:
    """One bar a column; a line for a range, none for a fixed sum; red above the cap; names are escaped."""
    steady = column("<b>", Recording((environment(cap=100), created(POOL, "train", pool(1)))), "test")
    moving = column(
        "two", Recording((environment(cap=1e6), created(POOL, "train", pool(2, low=1, high=3)))), "test"
    )
    root = ET.fromstring(bars([steady, moving], "bills"))
    space = "{http://www.w3.org/2000/svg}"
    kinds = [shape.get("class") for shape in root.iter(f"{space}rect")]
    assert kinds == ["paper", "over", "bar"]
    lines = [line.get("class") for line in root.iter(f"{space}line")]
    assert lines == ["cap", "range", "cap"]
    texts = ["".join(text.itertext()) for text in root.iter(f"{space}text")]
    assert "<b>" in texts
    assert "80,358 USD (40,179 to 120,538)" in texts
    assert "bar: as declared" in texts[-1]
