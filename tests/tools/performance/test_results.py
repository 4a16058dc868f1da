"""A value of a result file says where it stands."""

from pathlib import Path

import pytest

from tools.docs.performance.results import Node, ResultError, find

FILE = "benchmarks/train/results/h100.json"


def test_a_missing_key_names_file_place_and_key() -> None:
    """Who renames a key of a benchmark learns which file and key, and the nearest that is there."""
    node = Node(FILE, {"parts": {"gpt2 loss": {"steps": 200}}})
    assert node["parts"]["gpt2 loss"]["steps"].number() == 200
    with pytest.raises(ResultError) as told:
        node["parts"]["gpt2 losses"]
    assert str(told.value).startswith(
        f"{FILE}[\"parts\"]: no key 'gpt2 losses'; there is: gpt2 loss; did you mean 'gpt2 loss'?"
    )


def test_a_key_below_a_number_is_missing_too() -> None:
    """A figure that became a plain number has nothing below it."""
    with pytest.raises(ResultError, match=r"\[\"speed\"\]: no key 'mfu'; there is: nothing"):
        Node(FILE, {"speed": 5})["speed"]["mfu"]


@pytest.mark.parametrize("given", ["5", None, True, {}, [5]])
def test_what_is_no_number_is_refused(given: object) -> None:
    """Text, nothing, a truth value, an object and a list are no figure; 5 and 5.5 are."""
    assert [Node(FILE, one).number() for one in (5, 5.5)] == [5, 5.5]
    with pytest.raises(ResultError, match="is no number"):
        Node(FILE, {"p50": given})["p50"].number()


def test_rounds_are_a_list_or_one_number() -> None:
    """One training counts as a list of one; an empty list has no spread, and a word in it is named by its place."""
    assert Node(FILE, 4.5).numbers() == [4.5]
    assert Node(FILE, [4.5, 4.6]).numbers() == [4.5, 4.6]
    with pytest.raises(ResultError, match="an empty list"):
        Node(FILE, []).numbers()
    with pytest.raises(ResultError, match=r"\[\"last\"\]\[\"1\"\]: 'nan' is no number"):
        Node(FILE, {"last": [4.5, "nan"]})["last"].numbers()


def test_files_are_found_by_name_and_a_broken_one_is_named(tmp_path: Path) -> None:
    """Files come in the order of their names; what is no JSON is told with file and line."""
    folder = tmp_path / "benchmarks" / "store" / "results"
    folder.mkdir(parents=True)
    (folder / "b.json").write_text("{}")
    (folder / "a.json").write_text('{"mib": 4}')
    assert [node.file for node in find(tmp_path, "store/results/*.json")] == [
        "benchmarks/store/results/a.json",
        "benchmarks/store/results/b.json",
    ]
    (folder / "b.json").write_text("{\n broken")
    with pytest.raises(ResultError, match=r"^benchmarks/store/results/b\.json: line 2 is no JSON"):
        find(tmp_path, "store/results/*.json")
