"""Secrets in messages."""

from providers.base.secrets import Blotter
from providers.base.values import Secret


def test_secrets_are_blotted_out_wherever_they_stand() -> None:
    """Every text under a secret mark goes, the longest first; plain and very short ones stay."""
    blotter = Blotter(
        [{"env": Secret({"A": "hunter2", "B": "hunter2-long"}), "open": "visible", "pin": Secret("7")}]
    )
    assert blotter.clean("hunter2-long hunter2 visible 7") == "[secret] [secret] visible 7"
