"""What the console says arrives as it was written."""

import pytest

from console import say


def test_a_setting_between_colons_is_no_picture(capsys: pytest.CaptureFixture[str]) -> None:
    """`:key:` is the name of an emoji, and of a misspelt setting in an error; markup in it stays text too."""
    say.error("Pulumi.dev.yaml:5 causeway:key: [bold]unknown[/] setting")
    say.out.print("causeway:link: a name")
    shown = capsys.readouterr()
    assert "causeway:key: [bold]unknown[/] setting" in shown.err
    assert shown.out == "causeway:link: a name\n"
