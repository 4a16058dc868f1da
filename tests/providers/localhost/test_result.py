"""Results of jobs."""

from pathlib import Path

import pytest

from providers.localhost.process.result import Result


def test_object_is_read(tmp_path: Path) -> None:
    """A JSON object is handed back as it is."""
    (tmp_path / "r.json").write_text('{"loss": 1.5, "steps": [1, 2]}')
    assert Result(str(tmp_path / "r.json"), required=True).read() == {"loss": 1.5, "steps": [1, 2]}


def test_absent_and_optional_is_empty(tmp_path: Path) -> None:
    """A job need not have a result unless it was asked for one."""
    assert Result(str(tmp_path / "r.json"), required=False).read() == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "ended without writing its result to"),
        ("[1]", "is not a JSON object but a list"),
        ("{", "is not JSON"),
        ('{"loss": NaN}', "NaN is not a JSON number"),
        ('{"x": "' + "a" * 1024 * 1024 + '"}', "has more than 1048576 bytes"),
    ],
)
def test_what_is_no_result_is_told(tmp_path: Path, text: str | None, reason: str) -> None:
    """A missing, broken or oversized result is an error that says so."""
    path = tmp_path / "r.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ValueError, match=reason):
        Result(str(path), required=True).read()
