"""Every stack file is right: by the settings model, by the published schema, and it names the schema."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from tests_support import GOOD_SETTINGS

from infra.paths import project
from infra.problems import ProblemsError
from infra.settings import from_file, parse
from stacks.checks import mistakes

FILES = sorted((project() / "stacks").glob("Pulumi.*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_is_right_by_the_model(file: Path) -> None:
    """The settings model accepts the file, workload options included."""
    from_file(file, mistakes)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_is_right_by_the_schema(file: Path) -> None:
    """An editor that follows the first line finds no mistake either."""
    schema = json.loads((project() / "stacks" / "causeway.schema.json").read_text())
    jsonschema.validate(yaml.safe_load(file.read_text()), schema)
    assert file.read_text().startswith("# yaml-language-server: $schema=./causeway.schema.json\n")


def test_a_wrong_workload_option_is_a_problem_with_its_path() -> None:
    """The workload's own description checks `training.options`."""
    values = {**GOOD_SETTINGS, "training": {"store": "artifacts", "options": {"stepz": 3}}}
    with pytest.raises(ProblemsError, match=r"training\.options\.stepz.*steps"):
        parse(values, mistakes)
