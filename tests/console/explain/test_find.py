"""`causeway explain`: settings by the paths that errors write, rules, machines; a misspelt name is told its nearest."""

import itertools
import json

import pytest

from console import explain
from console.explain import machine, rule, setting
from console.explain.command import find
from infra import paths
from infra.problems import ProblemsError


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("owner", "owner", "string"),
        ("causeway:owner", "owner", "string"),
        ("stores", "stores", "mapping to Store"),
        ("stores.artifacts", "stores.NAME", "Store"),
        ("stores.artifacts.encryption", "stores.NAME.encryption", "customer-managed, none"),
        ("stores.encryption", "stores.NAME.encryption", "customer-managed, none"),
        ("stores.artifacts.lifecycle.expire_days", "stores.NAME.lifecycle.expire_days", "integer"),
        ("filesystem.store", "filesystem.store", "string"),
        ("cluster.pools.nodes", "cluster.pools.NAME.nodes", "integer, at least 0, at most 10000"),
        ("cluster.pools.train.capacity.mixed", "cluster.pools.NAME.capacity.mixed", "list of mapping"),
        (
            "cluster.pools.train.capacity.mixed.0.nodes",
            "cluster.pools.NAME.capacity.mixed.NAME.nodes",
            "integer",
        ),
        ("training.options.steps", "training.options.steps", "integer"),
        ("references.site", "references.site", "string"),
        ("stands_on", "stands_on", "string"),
    ],
)
def test_a_setting_is_found_by_its_path(path: str, name: str, value: str) -> None:
    """With the prefix or without, with the user's own names or without; all three kinds of stacks are known."""
    topic = find(path)
    assert (topic.kind, topic.name) == ("setting", name)
    assert topic.value.startswith(value)
    assert topic.meaning or "capacity" in path  # whose forms its own text tells


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("cluster.pols", "cluster: has no 'pols'; allowed: version, .*did you mean 'pools'"),
        ("causeway:ownr", "causeway: has no 'ownr'; allowed: owner, .*did you mean 'owner'"),
        ("owner.x", "owner: has no 'x'; allowed: nothing, it holds a value"),
        ("stores.artifacts.encryptoin", "stores.NAME: has no 'encryptoin'; .*did you mean 'encryption'"),
        ("clutser", "clutser: nothing has this name; .*did you mean 'cluster'"),
        ("stores-use-or-keys", "nothing has this name; .*did you mean 'stores-use-our-keys'"),
        ("p5.48xlage", "has no 'p5'|did you mean 'p5.48xlarge'"),
        ("", "nothing has this name"),
    ],
)
def test_a_name_that_nothing_has_is_told(path: str, text: str) -> None:
    """What there is, and the nearest, of settings, rules and machines."""
    with pytest.raises(ProblemsError, match=text):
        find(path)


def test_every_key_of_every_stack_file_is_explained() -> None:
    """The overview has all top-level keys of the schema, and each of them and of their keys can be asked for."""
    schema = json.loads((paths.project() / "stacks" / "causeway.schema.json").read_text())
    config = schema["properties"]["config"]
    forms = (config["then"], config["else"]["then"], config["else"]["else"])
    keys = {key.removeprefix("causeway:") for form in forms for key in form["properties"]}
    overview = find(None)
    assert {part.name for part in overview.parts} == keys
    below = [f"{key}.{part.name}" for key in keys for part in find(key).parts]
    assert len(below) > 50
    assert all(find(path).name.endswith(path.rsplit(".", 1)[1]) for path in below)


def test_the_options_of_pools_say_whose_they_are() -> None:
    """Each platform's options are there, with the platform before their meaning."""
    parts = {part.name: part.meaning for part in find("cluster.pools.train.options").parts}
    assert parts["attach"].startswith("onprem: ")
    assert {meaning.split(":")[0] for meaning in parts.values()} >= {"aws", "gcp", "azure", "onprem"}


def test_a_rule_has_its_reason_its_fix_and_its_page() -> None:
    """What a finding names can be asked for."""
    topic = find("stores-use-our-keys")
    parts = {part.name: part.value for part in topic.parts}
    assert topic.meaning.startswith("Object stores are encrypted under a key of ours. ")
    assert parts["severity"] == "critical, mandatory"
    assert parts["fix"].startswith("Encrypt the store")
    assert "aws:s3/bucket:Bucket" in parts["judges"]
    assert topic.more == "docs/policies/encryption.md#stores-use-our-keys"


def test_a_machine_has_its_facts_sources_and_price() -> None:
    """Nested facts have their path, each with its meaning; sources are titles with their place."""
    parts = {part.name: part for part in find("p5.48xlarge").parts}
    assert (parts["link.nics"].value, parts["accelerator.model"].value) == (32, "h100")
    assert parts["vcpus"].meaning == "Virtual processors."
    assert parts["source"].value[0].startswith("Karpenter's reference of EC2 instance types (github.com/aws/")
    assert parts["usd_per_hour"].value > 0
    assert "usd_per_hour" not in {part.name for part in find("p5e.48xlarge").parts}


def test_no_two_things_have_one_name() -> None:
    """Settings, rules and machines do not hide each other."""
    kinds = (set(setting.names()), set(rule.all_of_them()), set(machine.all_of_them()), {"rules"})
    assert not [one & other for one, other in itertools.combinations(kinds, 2) if one & other]


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """Parts are keyed by their names."""
    explain.run("cluster.pools.train", as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["kind"] == "setting"
    assert document["name"] == "cluster.pools.NAME"
    assert document["parts"]["nodes"]["value"] == "integer"
    explain.run("rules", as_json=True)
    assert len(json.loads(capsys.readouterr().out)["parts"]) == len(rule.all_of_them())


def test_text_holds_every_key_and_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    """People read the path, the type, the meaning and a line a key."""
    explain.run("serving")
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "serving  Serving"
    assert "docs/settings.md" in out
    assert all(part.name in out for part in find("serving").parts)
