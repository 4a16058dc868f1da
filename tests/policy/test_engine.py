"""The pack on the real engine: what stops a preview, an update before its create, and a saved state."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pulumi import automation

from infra import paths
from tests.policy.make import PROMISES
from tests.policy.standin import StandIn, serving

pytestmark = pytest.mark.engine

INSTANCE, KEY, VOLUME = "aws:ec2/instance:Instance", "aws:kms/key:Key", "aws:ebs/volume:Volume"
OUTPUTS = {KEY: ("arn", "keyId"), "aws:ssm/parameter:Parameter": ("value",)}
TAGS = {"owner": "ada", "team": "research", "cost-center": "r-1", "data-class": "public"}
SAFE = {
    "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
    "tags": TAGS,
    "region": "us-east-1",
}
MILLIONS = {**PROMISES, "budget": {"monthlyUsd": 4_000_000}}


PRELUDE = f"""
import pulumi

INSTANCE, KEY, VOLUME = "{INSTANCE}", "{KEY}", "{VOLUME}"
TAGS = {TAGS!r}
SAFE = {SAFE!r}


class Raw(pulumi.CustomResource):
    def __init__(self, kind, name, props, **options):
        super().__init__(kind, name, props, pulumi.ResourceOptions(**options))


class Environment(pulumi.ComponentResource):
    def __init__(self, promises):
        super().__init__("causeway:index:Environment", "environment", promises)
        self.register_outputs({{}})


"""


@dataclass
class Trial:
    """One stack on a stand-in cloud, judged by the pack."""

    stack: automation.Stack
    cloud: StandIn
    pack: Path
    folder: Path
    env: dict[str, str]
    findings: list[tuple[str, str, str]] = field(default_factory=list)
    """Rule, resource and level of each."""

    def run(self, what: str, *more: str) -> str:
        """Preview or update, and give the error; the empty string when all went well."""
        self.findings.clear()
        config = [str(path) for path in self.folder.glob("policy.json")]
        options: dict[str, Any] = {"policy_packs": [str(self.pack)], "on_event": self._note}
        if config:
            options["policy_pack_configs"] = config
        try:
            getattr(self.stack, what)(**options)
        except automation.CommandError as error:
            return str(error)
        return ""

    def configure(self, given: Mapping[str, Any]) -> None:
        """Write the configuration of the pack."""
        (self.folder / "policy.json").write_text(json.dumps(given))

    def _note(self, event: Any) -> None:
        found = event.policy_event
        if found:
            self.findings.append(
                (found.policy_name, found.resource_urn.rsplit("::", 1)[-1], found.enforcement_level)
            )


Start = Callable[[str], Trial]


@pytest.fixture
def start(engine_env: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Give a function that starts a trial of a program."""
    cloud = StandIn(OUTPUTS)
    with serving(cloud) as port:

        def begin(program: str) -> Trial:
            folder = tmp_path / "program"
            folder.mkdir()
            runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}}
            (folder / "Pulumi.yaml").write_text(json.dumps({"name": "trial", "runtime": runtime}))
            (folder / "__main__.py").write_text(PRELUDE + program)
            env = {
                **engine_env,
                "PULUMI_BACKEND_URL": f"file://{tmp_path}",
                "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
            }
            options = automation.LocalWorkspaceOptions(env_vars=env)
            stack = automation.create_stack("test", work_dir=str(folder), opts=options)
            return Trial(stack, cloud, paths.project() / "policy", tmp_path, env)

        yield begin


HUNDRED = f"""
Environment({MILLIONS!r})
hint = Raw("aws:ssm/parameter:Parameter", "hint", {{"type": "String", "value": "p5.48xlarge"}})
for number in range(99):
    Raw(INSTANCE, f"p5-{{number:02}}", {{"instanceType": "p5.48xlarge", **SAFE}})
Raw(INSTANCE, "unknown", {{"instanceType": hint.id.apply(lambda _: "p5.48xlarge"), **SAFE}})
"""
"""Ninety-nine p5 whose type is known, and one whose type comes out of another resource."""


def test_the_hundred_machines_stop_in_the_preview(start: Start) -> None:
    """99 x 40,179.20 = 3,977,740.80 stays under the cap of 4 million; the unknown hundredth decides, so it stops."""
    trial = start(HUNDRED)
    error = trial.run("preview")
    assert ("stack-stays-under-its-cap", "trial-test", "mandatory") in trial.findings
    assert "unverified: 1 prices hang on values not known yet" in error
    assert trial.cloud.created == []


def test_the_hundred_machines_stop_before_the_create_that_crosses_the_cap(start: Start) -> None:
    """Without a preview the update stops at the machine that makes 4,017,920.00, and that machine is never made."""
    trial = start(HUNDRED)
    error = trial.run("up")
    assert trial.findings == [("stack-stays-under-its-cap", "unknown", "mandatory")]
    assert "the stack would cost 4,017,920.00 USD a month" in error
    assert "unknown" not in trial.cloud.created
    assert len(trial.cloud.created) <= 100


GOOD_KEY = f"""
Environment({PROMISES!r})
key = Raw(KEY, "key", {{"enableKeyRotation": True, "rotationPeriodInDays": 90, "tags": TAGS}}, protect=True)
arn = pulumi.Output.all(key.id).apply(lambda ids: f"arn:aws:kms:us-east-1:111122223333:key/{{ids[0]}}")
volume = {{"encrypted": True, "size": 10, "type": "gp3", "region": "us-east-1", "availabilityZone": "us-east-1a"}}
Raw(VOLUME, "volume", {{**volume, "kmsKeyId": arn, "tags": TAGS}})
"""
"""A volume under a key of the same preview."""


def test_a_key_of_the_same_preview_passes(start: Start) -> None:
    """A volume's key that has no ARN yet is judged by the key's own inputs, in the preview and in the update."""
    trial = start(GOOD_KEY)
    assert trial.run("preview") == ""
    assert trial.findings == []
    assert trial.run("up") == ""
    assert trial.findings == []
    assert sorted(trial.cloud.created) == ["key", "volume"]


BAD_KEY = f"""
Environment({PROMISES!r})
key = Raw(KEY, "key", {{"tags": TAGS}}, protect=True)
volume = {{"encrypted": True, "size": 10, "type": "gp3", "region": "us-east-1", "availabilityZone": "us-east-1a"}}
Raw(VOLUME, "volume", {{**volume, "kmsKeyId": "alias/aws/ebs", "tags": TAGS}})
"""
"""A key without rotation, and a volume under the cloud's own key."""


def test_a_saved_state_gets_the_same_verdicts(start: Start) -> None:
    """A key without rotation and an alias of the cloud fail; `pulumi policy analyze` says the same of the state."""
    trial = start(BAD_KEY)
    trial.configure({"all": "advisory"})
    assert trial.run("up") == ""
    noted = {(rule, name) for rule, name, _ in trial.findings}
    state = trial.folder / "state.json"
    exported = trial.stack.export_stack()
    state.write_text(json.dumps({"version": exported.version, "deployment": exported.deployment}))
    result = subprocess.run(
        ["pulumi", "policy", "analyze", "--file", str(state), "--policy-pack", str(trial.pack), "--json"],
        env={**os.environ, **trial.env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    events = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    found = {
        (event["policyEvent"]["policyName"], event["policyEvent"]["resourceUrn"].rsplit("::", 1)[-1])
        for event in events
        if "policyEvent" in event
    }
    assert found == noted == {("disks-use-our-keys", "volume"), ("keys-rotate-in-time", "key")}
    assert result.returncode != 0


def test_an_exception_in_a_rule_stops_the_run(start: Start, tmp_path: Path) -> None:
    """A planted exception ends the run with the name of the rule and the resource, before the create."""
    trial = start(GOOD_KEY)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "PulumiPolicy.yaml").write_text(
        f"runtime: {{name: python, options: {{toolchain: pip, virtualenv: {paths.project() / '.venv'}}}}}\n"
    )
    (broken / "__main__.py").write_text(
        "import dataclasses\n"
        "from policy.judge.bench import Bench\n"
        "from policy.judge.server import serve\n"
        "from policy.rules import load\n"
        "def breaks(resource, facts):\n"
        "    return resource.props['no such property']\n"
        "rule = dataclasses.replace(load()[0], at_create={'aws:ebs/volume:Volume': breaks})\n"
        "serve(lambda run: Bench([rule], preview=run.preview))\n"
    )
    trial.pack = broken
    error = trial.run("up")
    assert "broke on urn:pulumi:test::trial::aws:ebs/volume:Volume::volume: KeyError" in error
    assert "volume" not in trial.cloud.created


def test_a_misspelt_option_stops_the_run(start: Start) -> None:
    """The engine refuses a configuration that the pack's schema does not know, before anything is judged."""
    trial = start(GOOD_KEY)
    trial.configure({"stack-stays-under-its-cap": {"judge": "dearest"}})
    assert "judge" in trial.run("preview")


def test_a_remedy_adds_what_is_missing_and_leaves_the_rest(start: Start) -> None:
    """Set to `remediate`, IMDSv2 and labels are added before the create; a second update changes nothing."""
    machine = {"instanceType": "g5.xlarge", "region": "us-east-1", "tags": {"data-class": "public"}}
    trial = start(f"Environment({MILLIONS!r})\nRaw(INSTANCE, 'machine', {machine!r})\n")
    rules = ("metadata-needs-a-session", "resources-say-whose-they-are")
    trial.configure(dict.fromkeys(rules, "remediate"))
    assert trial.run("up") == ""
    assert trial.findings == []
    state = trial.stack.export_stack().deployment or {}
    (made,) = [one for one in state["resources"] if one["type"] == INSTANCE]
    assert made["inputs"]["metadataOptions"]["httpTokens"] == "required"
    assert made["inputs"]["tags"] == {
        "data-class": "public",
        "owner": "ada",
        "team": "research",
        "cost-center": "r-1",
    }
    again = trial.stack.preview(
        policy_packs=[str(trial.pack)], policy_pack_configs=[str(trial.folder / "policy.json")]
    )
    assert again.change_summary == {"same": 3}
