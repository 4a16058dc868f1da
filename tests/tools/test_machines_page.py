"""The page of machine types is what the fact table says."""

from infra.catalog import machines as table
from tools.docs import machines
from tools.docs.pages import ROOT


def test_the_page_is_up_to_date() -> None:
    """A changed row without a new page fails here; `make docs` mends it."""
    assert (ROOT / "docs" / "machines.md").read_text(encoding="utf-8") == machines.page()


def test_the_page_has_every_machine() -> None:
    """No machine of the table is left out of the page."""
    text = machines.page()
    assert all(f"| {machine.name} |" in text for machine in table.all())
    assert "UNPRICED" in text
