"""After a kill in the middle of a write the state reads again."""

import json
from pathlib import Path

import pytest

from console import statefile


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the place of a stack's state file in a clone of its own."""
    monkeypatch.setenv("CAUSEWAY_HOME", str(tmp_path))
    file = statefile.path("one")
    file.parent.mkdir(parents=True)
    return file


def test_empty_attributes_and_half_files_go(state: Path) -> None:
    """What a kill cut off is removed; the state and whole attributes stay."""
    state.write_text('{"checkpoint": {}}')
    attributes, half = state.with_name("one.json.attrs"), state.with_name("one.json.18ea.tmp")
    backup, whole = state.with_name("one.json.bak"), state.with_name("one.json.bak.attrs")
    attributes.touch()
    half.touch()
    backup.write_text('{"checkpoint": 1}')
    whole.write_text("{}")
    statefile.mend("one")
    assert sorted(state.parent.iterdir()) == [state, backup, whole]
    assert state.read_text() == '{"checkpoint": {}}'


@pytest.mark.parametrize("text", ["", '{"checkpoint": {"lat', None])
def test_the_state_before_takes_the_place_of_a_broken_one(state: Path, text: str | None) -> None:
    """Cut off or gone: the backup is taken."""
    if text is not None:
        state.write_text(text)
    state.with_name("one.json.bak").write_text('{"checkpoint": 1}')
    statefile.mend("one")
    assert state.read_text() == '{"checkpoint": 1}'


def test_a_state_tells_what_stands_on_it(state: Path) -> None:
    """A stack whose state refers to this one is found, whatever its file says; one cut off, or of nothing, is not."""
    reference = {"type": "pulumi:pulumi:StackReference", "inputs": {"name": "organization/causeway/one"}}
    resources = [{"type": "pulumi:pulumi:Stack"}, reference]
    state.with_name("top.json").write_text(json.dumps({"checkpoint": {"latest": {"resources": resources}}}))
    state.with_name("down.json").write_text('{"checkpoint": {"latest": null}}')
    state.with_name("cut.json").write_text('{"checkpoint": {"lat')
    assert statefile.referring("one") == ("top",)
    assert statefile.referring("top") == ()
