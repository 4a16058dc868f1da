"""The option that records golden graphs again."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--record-golden`."""
    parser.addoption("--record-golden", action="store_true", help="write the golden graphs again")
