"""What two platforms do alike has one home: no two platform files of a capability share a run of twenty lines."""

import tokenize
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from pathlib import Path

from infra import paths
from infra.platforms import PLATFORMS

ROOT = paths.project() / "components"
RUN = 20
"""Lines in one run that two platforms may not share."""

HELPERS = {"aws": ("amazon.py",), "gcp": ("google.py",), "azure": ("microsoft",), "onprem": ("site.py",)}
"""What all capabilities of a platform share."""


def modules(*places: Path) -> list[Path]:
    """Give the files of places, each a file or a folder of them."""
    return sorted(
        file
        for place in places
        for file in (place.rglob("*.py") if place.is_dir() else [place])
        if file.is_file()
    )


def parts() -> Iterator[tuple[str, dict[str, list[Path]]]]:
    """Give every capability, and the platforms' common helpers, with the files of each platform."""
    for folder in sorted(place for place in ROOT.iterdir() if (place / "shape.py").is_file()):
        yield folder.name, {one: modules(folder / f"{one}.py", folder / one) for one in PLATFORMS}
    yield "helpers", {one: modules(*(ROOT / name for name in names)) for one, names in HELPERS.items()}


def lines(file: Path) -> list[str]:
    """Give a file's lines as they count: texts and constants are all alike, prose and imports are none."""
    found: dict[int, list[str]] = {}
    with file.open("rb") as opened:
        for token in tokenize.tokenize(opened.readline):
            if token.type in {tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING}:
                alike = token.type == tokenize.STRING or token.string.isupper()
                found.setdefault(token.start[0], []).append("TEXT" if alike else token.string)
    return [
        " ".join(line) for line in found.values() if line != ["TEXT"] and line[0] not in {"import", "from"}
    ]


def twins(left: Sequence[str], right: Sequence[str]) -> list[str]:
    """Give the lines with which runs begin that both have, each of `RUN` lines."""
    there = {tuple(right[at : at + RUN]) for at in range(len(right) - RUN + 1)}
    return [left[at] for at in range(len(left) - RUN + 1) if tuple(left[at : at + RUN]) in there]


def test_no_two_platforms_have_the_same_twenty_lines() -> None:
    """What is the same belongs beside the capability, to components/kubernetes, or to components/refusals."""
    found = []
    for capability, platforms in parts():
        read = {one: {file: lines(file) for file in files} for one, files in platforms.items()}
        for first, second in combinations(read.values(), 2):
            for (left, own), (right, other) in product(first.items(), second.items()):
                pair = f"{left.relative_to(ROOT)} and {right.relative_to(ROOT)}"
                found += [
                    f"{capability}: {pair} share {RUN} lines from {line!r}" for line in twins(own, other)[:1]
                ]
    assert found == []


def test_a_twin_is_seen() -> None:
    """A run is found wherever it stands; texts and constants may differ, one line of code may not."""
    body = [f"line {at}" for at in range(RUN)]
    assert twins(["a", *body, "b"], ["c", "d", *body]) == ["line 0"]
    assert twins(["a", *body, "b"], [*body[:10], "other", *body[10:]]) == []


def test_lines_are_alike_when_they_differ_by_names_of_things_alone(tmp_path: Path) -> None:
    """A chart's name, version and address tell no two files apart; prose and imports are no code."""
    for name, chart, version in (("aws", '"fsx"', "FSX"), ("azure", '"lustre"', "LUSTRE")):
        text = f'"""About {name}."""\n\nimport {name}\n\ninstall({chart}, version={version})  # {name}\n'
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    assert lines(tmp_path / "aws.py") == lines(tmp_path / "azure.py") == ["install ( TEXT , version = TEXT )"]
