"""What the console shows of a state never holds a secret."""

from console.events import plain
from console.state import HIDDEN, SECRET_SIGNATURE, hidden


def test_secrets_are_hidden_at_any_depth() -> None:
    """A marked value is replaced wherever it stands; plain values stay."""
    secret = {SECRET_SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
    assert hidden({"a": [secret, 1], "b": {"c": secret}}) == {"a": [HIDDEN, 1], "b": {"c": HIDDEN}}


def test_colour_tags_are_removed() -> None:
    """The engine marks colours as `<{%fg 1%}>`; a person reads the text alone."""
    assert plain("<{%fg 1%}>error<{%reset%}>: x") == "error: x"
