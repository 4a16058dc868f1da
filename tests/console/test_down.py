"""What carries another stack stays."""

import pytest

from console import down
from console.failures import Failed


def test_a_stack_that_carries_another_stays() -> None:
    """The stack above is named with the command that takes it down first; once it is down, nothing is in the way."""
    with pytest.raises(Failed, match="onprem carries hybrid: `causeway down hybrid` first"):
        down._refuse_if_carried("onprem", lambda one: one == "hybrid")
    down._refuse_if_carried("onprem", lambda _: False)
    down._refuse_if_carried("hybrid", lambda _: True)
