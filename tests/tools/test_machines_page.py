"""The page of machine types is what the fact table says."""

from infra.catalog import machines as table
from tools.docs import machines
from tools.docs.pages import ROOT
from tools.docs.table import row


def test_the_page_is_up_to_date() -> None:
    """A changed row without a new page fails here; `make docs` mends it."""
    assert (ROOT / "docs" / "machines.md").read_text(encoding="utf-8") == machines.page()


def test_the_page_has_every_machine() -> None:
    """No machine of the table is left out of the page."""
    text = machines.page()
    assert all(f"| {machine.name} |" in text for machine in table.all())
    assert "UNPRICED" in text


def test_a_cell_reads_as_its_text() -> None:
    """A bar does not end a cell, and a word in angle brackets is no HTML."""
    assert row(("nd(asra|ma)100", "aws/<service>", 5)) == r"| nd(asra\|ma)100 | aws/&lt;service> | 5 |"
