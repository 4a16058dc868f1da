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


TRAINING: list[tuple[dict[str, object], bool]] = [
    ({}, True),
    ({"mesh": {"shard": 8, "tensor": 2.0}}, True),
    ({"mesh": {"tensors": 2}}, False),
    ({"mesh": {"shard": 0}}, False),
    ({"mesh": {"shard": "8"}}, False),
    ({"mesh": 8}, False),
    ({"model": "llama-8b", "recompute": "selective", "reshard_after_forward": "never"}, True),
    ({"model": "llama-8"}, False),
    ({"recompute": "selected"}, False),
    ({"reshard_after_forward": True}, False),
    ({"context": 0}, True),
    ({"context": 8}, True),
    ({"context": 7}, False),
    ({"context": 2_000_000}, False),
    ({"metrics_port": 1024}, True),
    ({"metrics_port": 1023}, False),
    ({"metrics_port": -1}, False),
    ({"grad_clip": 0}, False),
    ({"weight_decay": 0}, True),
    ({"depth": 3.0}, True),
    ({"depth": 0}, False),
    ({"depth": True}, False),
    ({"corpus": " "}, False),
]
SERVING: list[tuple[dict[str, object], bool]] = [
    ({"weights": "float8", "cache_gib": 0, "step_tokens": 1}, True),
    ({"weights": "float16"}, False),
    ({"step_tokens": 0}, False),
    ({"request_seconds": 0.5}, False),
    ({"max_running": 0}, False),
]


@pytest.mark.parametrize(
    ("section", "options", "right"),
    [("training", *row) for row in TRAINING] + [("serving", *row) for row in SERVING],
    ids=str,
)
def test_an_editor_marks_what_a_workload_refuses(
    section: str, options: dict[str, object], right: bool
) -> None:
    """Schema and parser agree on names, kinds and bounds of a workload's options."""
    values = {**GOOD_SETTINGS, section: {"store": "artifacts", "options": options}}
    assert marked({"causeway:platform": "local", f"causeway:{section}": values[section]}) is not right
    if right:
        parse(values, mistakes)
    else:
        with pytest.raises(ProblemsError, match=rf"{section}\.options\.{next(iter(options))}"):
            parse(values, mistakes)


@pytest.mark.parametrize(
    ("platform", "options", "right"),
    [
        ("aws", {"user_data": "…"}, True),
        ("aws", {"userData": "…"}, True),
        ("aws", {"usr_data": "…"}, False),
        ("aws", {"tpu_topology": "4x4"}, False),
        ("gcp", {"tpu_topology": "4x4", "disk_type": "pd-ssd"}, True),
        ("gcp", {"topology": "4x4"}, False),
        ("azure", {"max_pods": 30}, True),
        ("azure", {"maxPods": 30}, False),
        ("onprem", {"hosts": {"node-1": {"rack": "r1", "leaf": "l1"}}, "attach": "sriov"}, True),
        ("onprem", {"hosts": {"node-1": {"rack": "r1", "leaf": "l1"}}, "attach": "sr-iov"}, False),
        ("onprem", {"hosts": {"node-1": {"leaf": "l1"}}}, False),
        ("onprem", {"hosts": {}, "mig": {"1g.10gb": "7"}}, False),
        ("onprem", {"driver": "host"}, False),
    ],
    ids=str,
)
def test_an_editor_marks_what_no_pool_of_the_platform_has(
    platform: str, options: dict[str, object], right: bool
) -> None:
    """The options of a pool are those of its platform's own file, which refuses the same names by itself."""
    pools = {"train": {"purpose": "training", "options": options}}
    assert marked({"causeway:platform": platform, "causeway:cluster": {"pools": pools}}) is not right


def marked(config: dict[str, object]) -> bool:
    """Tell whether the schema finds a mistake in the values of these keys."""
    validator = jsonschema.Draft202012Validator(
        json.loads((project() / "stacks" / "causeway.schema.json").read_text())
    )
    found = validator.iter_errors({"config": config})
    return any(error.validator != "required" or len(error.absolute_path) > 1 for error in found)
