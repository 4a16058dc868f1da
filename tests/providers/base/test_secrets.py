"""Secrets in messages."""

from providers.base.secrets import Blotter, conceal
from providers.base.values import Secret


def test_secrets_are_blotted_out_wherever_they_stand() -> None:
    """Every text under a secret mark goes, the longest first; plain and very short ones stay."""
    blotter = Blotter(
        [{"env": Secret({"A": "hunter2", "B": "hunter2-long"}), "open": "visible", "pin": Secret("7")}]
    )
    assert blotter.clean("hunter2-long hunter2 visible 7") == "[secret] [secret] visible 7"


def test_a_secret_that_turns_up_elsewhere_makes_that_secret() -> None:
    """An output that repeats a secret is secret; one that holds a short word by chance, or is marked already, stays."""
    given = {"env": {"PASSWORD": Secret("hunter2-hunter2"), "MODE": Secret("fast")}}
    bag = {**given, "result": {"url": "https://me:hunter2-hunter2@db"}, "status": "fast"}
    assert conceal(bag, given) == {
        **given,
        "result": Secret({"url": "https://me:hunter2-hunter2@db"}),
        "status": "fast",
    }
