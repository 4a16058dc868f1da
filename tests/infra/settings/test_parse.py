"""Settings are checked whole: every mistake at once, each with path, value, what is allowed and the nearest name."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests_support import GOOD_SETTINGS as GOOD

from infra.problems import Problem, ProblemsError
from infra.settings import Settings, from_engine, from_file, parse
from infra.settings.stackfile import PREFIX


def problems_of(values: dict[str, Any]) -> dict[str, Problem]:
    """Give the problems of values by path."""
    with pytest.raises(ProblemsError) as caught:
        parse(values)
    return {problem.where: problem for problem in caught.value.problems}


def test_good_settings_are_frozen_with_every_default() -> None:
    """What the file leaves out is there with its documented default."""
    settings = parse(GOOD)
    assert isinstance(settings, Settings)
    assert settings.stores["artifacts"].encryption == "customer-managed"
    assert settings.cluster.slots == 2
    with pytest.raises(ValueError, match="frozen"):
        settings.team = "other"  # type: ignore[misc]  # that it can't be set is the behaviour


def test_five_mistakes_are_five_problems() -> None:
    """A misspelt key, a wrong type, an unknown platform, a value out of bounds and a name of nothing."""
    values = {
        **GOOD,
        "platform": "locale",
        "budget": {"monthly_usd": -1},
        "stores": {"artifacts": {"data_class": "texts", "versoning": True}},
        "training": {"store": "artifacts", "retries": "many"},
    }
    found = problems_of(values)
    assert found["platform"].suggestion == "local"
    assert "greater than or equal to 0" in found["budget.monthly_usd"].allowed
    assert found["stores.artifacts.data_class"].suggestion == "text"
    assert found["stores.artifacts.versoning"].suggestion == "versioning"
    assert "'many'" in found["training.retries"].text
    assert len(found) == 5


@pytest.mark.parametrize("missing", ["platform", "owner", "team", "cost_center", "data_classes", "budget"])
def test_what_is_needed_is_asked_for(missing: str) -> None:
    """Each required key, left out, is named."""
    found = problems_of({key: value for key, value in GOOD.items() if key != missing})
    assert found[missing].text == "is missing"


def test_a_missing_part_does_not_hide_another_mistake() -> None:
    """Names that point to nothing are found although a required key is missing."""
    values = {key: value for key, value in GOOD.items() if key != "owner"}
    found = problems_of({**values, "training": {"store": "artefacts"}})
    assert found["training.store"].suggestion == "artifacts"
    assert "owner" in found


def test_a_wrong_type_of_a_whole_section_is_one_problem() -> None:
    """`stores: 3` is refused as such, and nothing that hangs on it is reported besides its users."""
    assert "stores" in problems_of({**GOOD, "stores": 3})


def test_the_file_and_line_are_named(tmp_path: Path) -> None:
    """A problem of a stack file starts with file and line."""
    file = tmp_path / "stacks" / "Pulumi.x.yaml"
    file.parent.mkdir()
    values = {**GOOD, "stores": {"artifacts": {"data_class": "text", "versoning": True}}}
    file.write_text(yaml.safe_dump({"config": {PREFIX + key: value for key, value in values.items()}}))
    line = next(n for n, text in enumerate(file.read_text().splitlines(), 1) if "versoning" in text)
    with pytest.raises(
        ProblemsError, match=rf"stacks/Pulumi\.x\.yaml:{line} causeway:stores\.artifacts\.versoning"
    ):
        from_file(file)


def test_a_missing_file_lists_the_stacks(tmp_path: Path) -> None:
    """An unknown stack is answered with the names of those that exist."""
    (tmp_path / "Pulumi.one.yaml").write_text("config: {}")
    with pytest.raises(ProblemsError, match="allowed: one"):
        from_file(tmp_path / "Pulumi.two.yaml")


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    """A file that is not YAML is one problem with its line."""
    file = tmp_path / "Pulumi.x.yaml"
    file.write_text("config:\n  a: [1,\n")
    with pytest.raises(ProblemsError, match="not YAML"):
        from_file(file)


def test_a_key_that_nobody_reads_is_named(tmp_path: Path) -> None:
    """A key without our name space, with a misspelt one, twice, or outside `config` is refused, a provider's is not."""
    file = tmp_path / "Pulumi.x.yaml"
    file.write_text(
        "confg: {}\nconfig:\n  owner: you\n  causway:team: a\n  aws:region: b\n  causeway:platform: local\n"
        "  causeway:platform: aws\n"
    )
    with pytest.raises(ProblemsError) as caught:
        from_file(file)
    lines = {problem.where.partition(".yaml:")[2] for problem in caught.value.problems}
    assert lines == {"1", "3 owner", "4 causway:team", "7"}
    assert {problem.suggestion for problem in caught.value.problems} == {
        "config", "causeway:owner", "causeway:team", ""
    }  # fmt: skip


def test_kinds_are_said_in_plain_words() -> None:
    """What a value must be is said without the names of Python's types, and a missing one says what it is for."""
    values = {key: value for key, value in GOOD.items() if key != "owner"}
    found = problems_of({**values, "cluster": {"slots": "many"}, "stores": [], "budget": {"monthly_usd": []}})
    assert found["cluster.slots"].allowed == "a whole number"
    assert found["stores"].allowed == "names with values"
    assert found["budget.monthly_usd"].allowed == "a number"
    assert found["owner"].allowed == "the person or group who answers for the environment"


def test_the_engine_gives_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine hands numbers and flags as strings and objects as JSON; the result is the same."""
    values = {f"{PREFIX}{key}": v if isinstance(v, str) else json.dumps(v) for key, v in GOOD.items()}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({**values, "aws:region": "eu-central-1"}))
    assert from_engine() == parse(GOOD)


def test_a_secret_is_text_before_the_engine_opens_it(tmp_path: Path) -> None:
    """`secure:` stands for a string that only the engine can read."""
    file = tmp_path / "Pulumi.x.yaml"
    config = {PREFIX + key: value for key, value in {**GOOD, "owner": {"secure": "v1:abc"}}.items()}
    file.write_text(yaml.safe_dump({"config": config}))
    assert from_file(file).owner == "v1:abc"


def test_every_setting_is_documented() -> None:
    """The string under a field is its documentation; no field is without one."""
    schema = Settings.model_json_schema()
    sections = [schema, *schema["$defs"].values()]
    bare = [
        name
        for part in sections
        for name, field in part["properties"].items()
        if not _documented(field, schema)
    ]
    assert bare == []


def _documented(field: dict[str, Any], schema: dict[str, Any]) -> bool:
    target = schema["$defs"].get(field.get("$ref", "").rsplit("/", 1)[-1], {})
    return bool(field.get("description") or target.get("description"))


@pytest.mark.parametrize("name", ["../../etc", "artéfacts", "A", "a" * 41, "", "-a", "a."])
def test_a_name_is_one_on_every_platform(name: str) -> None:
    """Folders and buckets are called by it: what leaves the folder or fits no bucket is refused, and nothing else."""
    found = problems_of({**GOOD, "stores": {**GOOD["stores"], name: {"data_class": "text"}}})
    assert list(found) == [f"stores.{name}"]


def test_a_number_in_quotes_is_refused() -> None:
    """The judges read the same file and take a text for no number, so the door does not either."""
    found = problems_of({**GOOD, "budget": {"monthly_usd": "90"}, "cluster": {"slots": "2"}})
    assert found["budget.monthly_usd"].allowed == "a number, without quotes"
    assert found["cluster.slots"].allowed == "a whole number, without quotes"


@pytest.mark.parametrize("endless", [float("inf"), float("nan")])
def test_a_cap_is_finite(endless: float) -> None:
    """A budget without an end is none."""
    assert "budget.monthly_usd" in problems_of({**GOOD, "budget": {"monthly_usd": endless}})
