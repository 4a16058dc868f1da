"""A stack file that can't be read, or is none, is told with its place, however broken it is."""

import os
from pathlib import Path

import pytest

from infra.problems import ProblemsError
from infra.settings import stackfile

BOMB = b"config:\n  a:a0: &a0 [lol]\n" + b"".join(
    b"  a:a%d: &a%d [%s]\n" % (level, level, b", ".join([b"*a%d" % (level - 1)] * 10))
    for level in range(1, 30)
)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("config:\n  causeway:owner: gräfin\n".encode("latin-1"), r"x\.yaml:2: byte 0xe4 is not UTF-8"),
        (bytes(range(256)), "not UTF-8"),
        (b"config:\n  causeway:owner: !!python/object/apply:os.getcwd []\n", r"x\.yaml:2: .*constructor"),
        (b"config: " + b"[" * 3000 + b"]" * 3000, "nested too deep"),
        (b"config:\n  causeway:labels: &l\n    a: *l\n", r"mistakes:\n.*x\.yaml:2: an alias stands for"),
        (BOMB, r"mistakes:\n.*x\.yaml:7: aliases repeat values until they have more than 100,000 characters"),
        (b"config:\n\tcauseway:owner: a\n", "cannot start any token"),
        (b"- a\n", r"x\.yaml:1: given a list"),
        (b"hello\n", "given a single value"),
        (b"config: [a]\n", r"x\.yaml:1: given a list; allowed: names with values"),
    ],
)
def test_what_is_no_stack_file_is_told_with_its_line(content: bytes, told: str, tmp_path: Path) -> None:
    """Other encodings, tags that would run code, depths, tabs, lists and lone values are each one clear problem."""
    file = tmp_path / "Pulumi.x.yaml"
    file.write_bytes(content)
    with pytest.raises(ProblemsError, match=told):
        stackfile.read(file)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """A folder, a pipe that nobody writes and a link in a circle are refused at once."""
    (tmp_path / "Pulumi.folder.yaml").mkdir()
    os.mkfifo(tmp_path / "Pulumi.pipe.yaml")
    (tmp_path / "Pulumi.circle.yaml").symlink_to("Pulumi.circle.yaml")
    for name in ("folder", "pipe", "circle"):
        with pytest.raises(ProblemsError, match="can't be read"):
            stackfile.read(tmp_path / f"Pulumi.{name}.yaml")


@pytest.mark.parametrize("content", ["", "# nothing\n", "config:\n"])
def test_an_empty_file_has_no_settings(content: str, tmp_path: Path) -> None:
    """That is no mistake of the file's; what is missing is the settings' to say."""
    file = tmp_path / "Pulumi.x.yaml"
    file.write_text(content, encoding="utf-8")
    assert not stackfile.read(file).values
