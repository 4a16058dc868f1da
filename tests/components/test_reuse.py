"""What the page on reuse shows is a program that type checkers accept."""

from infra import paths


def test_the_page_shows_the_checked_program() -> None:
    """The page's Python is the file beside this test, which is checked like all code; a change of one fails here."""
    page = (paths.project() / "docs" / "reuse.md").read_text(encoding="utf-8")
    shown = page.partition("```python\n")[2].partition("```")[0]
    checked = (paths.project() / "tests" / "components" / "reuse.py").read_text(encoding="utf-8")
    assert shown == checked.partition('"""\n\n')[2] != ""
