"""What a user may type wrong: one error each, before any engine starts."""

import pytest
from typer.testing import CliRunner

from console.commands import app
from console.plan import stage


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (["nowhere"], 6, "there is no stack 'nowhere'"),
        (["local", "--compare", "nowhere"], 6, "there is no stack 'nowhere'"),
        (["local", "--what-if", "nonsense"], 2, "--what-if nonsense: write path=value"),
        (["local", "--what-if", "labels.a=1; b"], 2, "write path=value"),
        (["local", "--what-if", "=3"], 2, "write path=value"),
        (["local", "--plot", "bill.png"], 2, "name it bill.svg"),
        (["local", "--plot", "/no/such/place/bill.svg"], 2, "there is no folder"),
    ],
)
def test_a_wrong_word_is_one_clear_error(
    words: list[str], code: int, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says which word and what is allowed, and no preview is begun for it."""
    monkeypatch.setattr(stage, "alone", lambda *_: pytest.fail("a preview was begun"))
    result = CliRunner().invoke(app, ["cost", *words])
    assert result.exit_code == code
    assert text in " ".join(result.stderr.split())
