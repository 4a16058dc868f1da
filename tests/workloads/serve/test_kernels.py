"""The server's kernels, in Triton's interpreter, give what plain torch gives."""

from pathlib import Path

import pytest
from interpreter import outcomes

SCRIPT = Path(__file__).with_name("interpreted.py")
CHECKS = (
    "attention, one program a sequence",
    "attention, sequences split",
    "rotation",
    "norms and gate",
    "product of one row",
)


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    """Run all checks in one process of their own."""
    return outcomes(SCRIPT)


@pytest.mark.parametrize("check", CHECKS)
def test_a_kernel_agrees_with_torch(found: dict[str, str], check: str) -> None:
    """The interpreted kernel gives what plain torch gives, on fresh random numbers."""
    assert found[check] == "agrees", found[check]


def test_every_check_is_looked_at(found: dict[str, str]) -> None:
    """No check of the script is left out here."""
    assert set(found) == set(CHECKS)
