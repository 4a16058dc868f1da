"""The page of performance, its pictures and the README's lines are what the result files say."""

import ast
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tools.docs.pages import ROOT
from tools.docs.performance import files
from tools.docs.performance.bars import PALETTES, Bar, Panel, svg
from tools.docs.performance.page import BEGIN, END, page, renewed
from tools.docs.performance.results import ResultError
from tools.docs.performance.serving import LOADS

SVG = "{http://www.w3.org/2000/svg}"


def test_page_pictures_and_readme_are_up_to_date() -> None:
    """A result file that changes without `make docs` fails here."""
    stale = [path.name for path, text in files(ROOT) if path.read_text(encoding="utf-8") != text]
    assert stale == []


def test_the_page_names_every_file_and_picture_that_exists() -> None:
    """Links lead somewhere, and no file of results is left out but the one that is only read about."""
    text = page(ROOT)
    results = {path.name for path in ROOT.glob("benchmarks/*/results/*.json")}
    assert {name for name in results if name not in text} == {"h100-gpt2-fast-sums.json"}
    for name in ("training", "serving"):
        for ground in PALETTES:
            assert f"pictures/{name}-{ground}.svg" in text
            assert (ROOT / "docs" / "pictures" / f"{name}-{ground}.svg").exists()


def test_without_results_the_page_has_no_empty_section(tmp_path: Path) -> None:
    """A clone without results has the opening and the end, and no table, picture or heading between."""
    text = page(tmp_path)
    assert [line for line in text.splitlines() if line.startswith(("#", "|", "<"))] == [
        "# Performance",
        "## What this page can't say",
    ]


def test_the_readmes_lines_stand_between_their_marks() -> None:
    """Text around the marks stays; a README without both of them, or with one twice, is refused."""
    before = f"head\n{BEGIN}\nold\n{END}\ntail\n"
    assert renewed(before, "new") == f"head\n{BEGIN}\n\nnew\n{END}\ntail\n"
    assert renewed(renewed(before, "new"), "new") == renewed(before, "new")
    for text in ("head", BEGIN, f"{END}{BEGIN}", before + before):
        with pytest.raises(ResultError, match=r"^README\.md: the lines"):
            renewed(text, "new")


def test_a_picture_is_to_scale_and_the_same_again() -> None:
    """Bars are as long as their values say, in the palette's colours; names are escaped; bytes are equal twice."""
    bars = [
        Bar("ours <a>", 200.0, 190.0, 210.0, "200 & more"),
        Bar("peer", 100.0, 100.0, 100.0, "100", peer=True),
    ]
    drawn = svg("speed", [Panel("one", bars)], "note", PALETTES["dark"])
    assert drawn == svg("speed", [Panel("one", bars)], "note", PALETTES["dark"])
    tree = ET.fromstring(drawn)
    paper, ours, peer = tree.findall(f"{SVG}rect")
    assert float(ours.attrib["width"]) == pytest.approx(2 * float(peer.attrib["width"]), abs=0.2)
    grounds = [one.attrib["fill"] for one in (paper, ours, peer)]
    assert grounds == [PALETTES["dark"][name] for name in ("paper", "ours", "peer")]
    assert len(tree.findall(f"{SVG}path")) == 1, "the peer has no spread to draw"
    texts = [one.text for one in tree.findall(f"{SVG}text")]
    assert texts == ["one", "ours <a>", "200 & more", "peer", "100", "note"]


def test_loads_are_told_as_the_benchmark_has_them() -> None:
    """The words of each load hold its requests and lengths, read from the benchmark without importing torch."""
    tree = ast.parse((ROOT / "benchmarks" / "serve" / "engine.py").read_text(encoding="utf-8"))
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and ast.unparse(one.func) == "Load"]
    loads = [
        [ast.literal_eval(part) for part in one.args] for one in calls if ast.unparse(one.args[0]) != "''"
    ]
    told = {
        name: f"{requests} request{'s' * (requests > 1)}, {prompt} in, {answer} out"
        for name, requests, prompt, answer, _ in loads
    }
    assert told == LOADS
