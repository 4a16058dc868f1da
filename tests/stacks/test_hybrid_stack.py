"""The hybrid stack on the real engine: over two small stacks, up to nothing to change, and down to nothing left."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from grounds import CLOUD, SITE
from pulumi import automation
from scenes import scene

from console.rehearse import proof
from console.rehearse.scene import Scene
from console.rehearse.standins import StandIns
from console.rehearse.surroundings import variables
from infra.paths import project

pytestmark = pytest.mark.engine

GRAPH = Path(__file__).with_name("hybrid.graph")
"""What the stack is made of, recorded: a rename or a lost parent shows in a diff (`make golden`)."""

CONFIG = project() / "stacks" / "Pulumi.hybrid.yaml"

TELLS = """
import json

import pulumi

facts = json.loads('''FACTS''')
name = facts["cluster"]["name"]
reached = {"cluster": {"server": f"https://{name}.example.org"}, "name": name}
context = {"context": {"cluster": name, "user": name}, "name": name}
config = {"apiVersion": "v1", "kind": "Config", "current-context": name, "clusters": [reached], "contexts": [context]}
pulumi.export("kubeconfig", pulumi.Output.secret(json.dumps({**config, "users": [{"name": name, "user": {}}]})))
"""

MAKES = """
region = pulumi.ProviderResource("aws", "eu", {"region": facts["region"]})


class Made(pulumi.CustomResource):
    arn: pulumi.Output[str]

    def __init__(self, token, name, properties):
        inside = pulumi.ResourceOptions(provider=region)
        super().__init__(f"aws:{token}", name, {**properties, "arn": None}, inside)


vpc = Made("ec2/vpc:Vpc", "net", {"cidrBlock": facts["network"]["cidr"]})
zone = facts["network"]["zones"][0]
given = {"vpcId": vpc.id, "cidrBlock": "10.64.0.0/18", "availabilityZone": zone}
subnet = Made("ec2/subnet:Subnet", zone, given)
table = Made("ec2/routeTable:RouteTable", zone, {"vpcId": vpc.id})
trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "eks.amazonaws.com"}}
policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
role = Made("iam/role:Role", "cluster", {"assumeRolePolicy": policy})
inputs = {"name": name, "roleArn": role.arn, "vpcConfig": {"subnetIds": [subnet.id]}}
Made("eks/cluster:Cluster", "cluster", inputs)
facts["network"] |= {"id": vpc.id, "subnets": {zone: subnet.id}, "routes": {zone: table.id}}
"""


class World:
    """An engine with stand-ins, in which stacks of this project's name come and go."""

    def __init__(self, folder: Path, env: Mapping[str, str], standins: StandIns) -> None:
        self.folder, self.env, self.standins = folder, dict(env), standins

    def small(self, stack: str, facts: Mapping[str, Any], makes: str = "") -> Scene:
        """Put a small program on the stage that tells what an environment tells."""
        folder = self.folder / stack
        folder.mkdir()
        runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}}
        (folder / "Pulumi.yaml").write_text(json.dumps({"name": "causeway", "runtime": runtime}))
        program = TELLS.replace("FACTS", json.dumps(facts)) + makes + 'pulumi.export("ground", facts)\n'
        (folder / "__main__.py").write_text(program)
        options = automation.LocalWorkspaceOptions(env_vars=self.env)
        return Scene(automation.create_stack(stack, work_dir=str(folder), opts=options), self.standins)

    def hybrid(self) -> Scene:
        """Put the project's own hybrid stack on the stage, as its file says."""
        return scene("hybrid", CONFIG.read_text(encoding="utf-8"), self.folder, self.env, self.standins)


@pytest.fixture
def world(tmp_path: Path, engine_env: dict[str, str]) -> Iterator[World]:
    """Give an empty world."""
    with StandIns(tmp_path / "account", packages=("aws", "kubernetes", "random")) as standins:
        yield World(tmp_path, variables(engine_env, tmp_path, standins.attached, checkpoints=False), standins)


def test_stacks_that_are_not_there_are_named_with_the_way_to_them(world: World) -> None:
    """A preview without the stacks below ends in one error for both, and nothing is made."""
    phase = world.hybrid().play("preview", "preview")
    assert len(phase.errors) == 1
    assert (
        "references.site: there is no stack 'onprem' yet: run `causeway up onprem` first" in phase.errors[0]
    )
    assert (
        "references.cloud: there is no stack 'aws-prod' yet: run `causeway up aws-prod` first"
        in phase.errors[0]
    )
    assert phase.operations == {"create": 1}  # the stack itself


def test_it_spans_two_stacks_and_leaves_nothing(world: World, request: pytest.FixtureRequest) -> None:
    """Up, nothing to change, the graph as recorded, both ends of the line agree, down: nothing is left."""
    below = [world.small("onprem", SITE), world.small("aws-prod", CLOUD, MAKES)]
    joint = world.hybrid()
    for one in below:
        assert one.play("up", "up").errors == ()
    up, again = joint.play("up", "up"), joint.play("up again", "up")
    assert up.errors == again.errors == ()
    assert up.operations["create"] > 40
    assert again.changed == 0
    resources = json.loads(proof.exported(joint.stack, "--show-secrets"))["deployment"]["resources"]
    if request.config.getoption("--record-golden", default=False):
        GRAPH.write_text("\n".join(graph(resources)) + "\n", encoding="utf-8")
    assert graph(resources) == GRAPH.read_text(encoding="utf-8").splitlines()
    agree(resources)
    for one in (joint, *reversed(below)):
        assert one.play("destroy", "destroy").errors == ()
    left = proof.inventory(joint.stack, world.standins.account, *[one.stack for one in below])
    assert (left.account, left.state) == (0, 0)


def graph(resources: list[dict[str, Any]]) -> list[str]:
    """Give a line for each resource: type and name below those of its parents."""
    named = {one["urn"]: f"{one['type']} {one['urn'].rpartition('::')[2]}" for one in resources}
    parents = {one["urn"]: one.get("parent", "") for one in resources}

    def path(urn: str) -> str:
        above = parents.get(urn, "")
        return f"{path(above)} > {named[urn]}" if above in named else named[urn]

    return sorted(path(one["urn"]).partition(" > ")[2] for one in resources if "parent" in one)


def agree(resources: list[dict[str, Any]]) -> None:
    """Compare what the site's router is told with what AWS came to."""
    made = {(one["type"].rpartition(":")[2], one["urn"].rpartition("::")[2]): one for one in resources}
    files = opened(made["Secret", "hybrid-line-site-router-router"]["inputs"]["stringData"])
    for port in ("line-eqsk1-1", "line-eqpa3-1"):
        session = made["TransitVirtualInterface", port]["outputs"]
        far = opened(session["amazonAddress"]).partition("/")[0]
        assert f"neighbor {far} remote-as 64520" in files["frr.conf"]
        assert f"neighbor {far} password {opened(session['bgpAuthKey'])}" in files["frr.conf"]
        assert f"ip address add {opened(session['customerAddress'])} dev" in files["interfaces.sh"]
        key = opened(made["MacsecKeyAssociation", port]["inputs"]["cak"])
        assert f"mka_cak={key}" in files[f"macsec-{port}.conf"]
    tunnel = made["VpnConnection", "line-tunnel"]["outputs"]
    for at in ("1", "2"):
        assert f"remote_addrs = {opened(tunnel[f'tunnel{at}Address'])}" in files["swanctl.conf"]
        assert opened(tunnel[f"tunnel{at}PresharedKey"]) in files["swanctl.conf"]


def opened(value: Any) -> Any:
    """Give the value of a secret of an export."""
    return json.loads(value["plaintext"]) if isinstance(value, dict) and "plaintext" in value else value
