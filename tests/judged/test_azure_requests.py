"""Judges that Azure wrote: the clients of its own SDK judge what our Azure stacks ask for.

The inputs are those of the recorded graphs (tests/golden/azure); `azure_requests.toml` says which operation makes which
type. Properties, read-only ones, closed sets, patterns and bounds come from the SDK alone.
"""

import importlib
import inspect
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from azure_declared import NETWORK, declared
from azure_models import TABLE, judge

import components.interconnect.azure as interconnect
from components.interconnect.shape import parse
from providers.rehearsal.account import Account
from providers.rehearsal.clouds import CLOUDS

GOLDEN = Path(__file__).parents[1] / "golden" / "azure"

NAMED_BY_CHANCE = {"azure-native:authorization:RoleAssignment"}
"""Types whose name the Pulumi package makes up."""

GROUP = "azure-native:resources:ResourceGroup"
"""A name, a place and labels: its package is too large to judge so little."""

OTHER_VERSION = {"azure-native:authorization:RoleDefinition", "azure-native:storagecache:AmlFilesystem"}
"""Types of which the Pulumi package speaks another version than the SDK, which says no less of them."""


def recorded() -> Iterator[Mapping[str, Any]]:
    """Give every Azure resource of the recorded graphs."""
    for file in sorted(GOLDEN.glob("*.json")):
        graph = json.loads(file.read_text(encoding="utf-8"))
        yield from (one for one in graph if one["type"].startswith("azure-native:"))


def known(value: Any) -> Any:
    """Fill in what only Azure or chance gives."""
    if isinstance(value, dict):
        return {key: known(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [known(inner) for inner in value]
    return value.replace("<open>", "open").replace("*******", "0000000") if isinstance(value, str) else value


TYPES = sorted({one["type"] for one in recorded()} - {GROUP})


@pytest.mark.parametrize("token", TYPES)
def test_azures_client_sends_what_we_declare(token: str) -> None:
    """No property is unknown, read-only, missing, out of bounds or lost on the way; names keep to their rules."""
    refused = {
        one["name"]: told
        for one in recorded()
        if one["type"] == token and (told := judge(token, known(one["inputs"])).complaints)
    }
    assert refused == {}


LINK = {"platform": "azure", "region": "westeurope", "network": NETWORK, "peer_asn": 65010}
FAR = {"peer_cidrs": ["10.200.0.0/16"], "peer_address": "198.51.100.7"}


@pytest.mark.parametrize(
    "more",
    [
        {"locations": ["Equinix-Amsterdam-AM5", "Equinix-Frankfurt-FR5"], "macsec": True},
        {"locations": ["Equinix-Amsterdam-AM5", "Equinix-Frankfurt-FR5"], "bandwidth_gbps": 100},
        {"locations": ["Equinix/Amsterdam", "Colt/Frankfurt"], "bandwidth_gbps": 1},
    ],
)
def test_azures_client_sends_links_in_service(more: dict[str, Any]) -> None:
    """What the recorded stack only orders, and a carrier's circuits, are judged as they are declared."""
    spec = parse({**LINK, **FAR, **more})
    made = declared(lambda opts: interconnect.build("home", spec, opts))
    judged = [one for one in made if one.token in TABLE["operations"]]
    assert {one.token.rpartition(":")[2] for one in judged} >= {
        "ExpressRouteCircuit",
        "ExpressRouteCircuitPeering",
        "VirtualNetworkGatewayConnection",
    }
    told = {one.name: found for one in judged if (found := judge(one.token, one.inputs).complaints)}
    assert told == {}


def test_every_recorded_type_has_an_operation() -> None:
    """A new resource type comes with the operation that judges it."""
    assert set(TYPES) <= TABLE["operations"].keys()


@pytest.mark.parametrize("token", [token for token in TYPES if token not in OTHER_VERSION])
def test_the_judge_speaks_the_version_of_the_pulumi_package(token: str) -> None:
    """A new Pulumi package brings new versions of Azure's API, and a judge of an older one would not know them."""
    _, module, name = token.split(":")
    source = inspect.getsource(getattr(importlib.import_module(f"pulumi_azure_native.{module}"), name))
    spoken = re.search(r"Uses Azure REST API version ([\w-]+)", source)
    inputs = next(one["inputs"] for one in recorded() if one["type"] == token)
    assert spoken is not None
    assert judge(token, known(inputs)).version == spoken[1]


@pytest.mark.parametrize("token", [token for token in TYPES if token not in NAMED_BY_CHANCE])
def test_the_stand_in_issues_the_ids_of_azure(token: str, tmp_path: Path) -> None:
    """An id of a rehearsal is where Azure's client sends the request, so that what reads ids reads true ones."""
    inputs = known(next(one["inputs"] for one in recorded() if one["type"] == token))
    with closing(Account(tmp_path / "account")) as account:
        cloud = CLOUDS["azure-native"](account)
        made = cloud.make(token, "it", inputs, cloud.configure({}))
    assert made.id.lower().strip("/") == judge(token, inputs).path.lower().strip("/")


POOL = {"agentPoolName": "train", "resourceGroupName": "g", "resourceName": "c", "count": 1}
VAULT = {"resourceGroupName": "g", "location": "westeurope", "vaultName": "ring"}
SKU = {"family": "A", "name": "standard"}


@pytest.mark.parametrize(
    ("token", "inputs", "said"),
    [
        ("containerservice:AgentPool", POOL, None),
        ("containerservice:AgentPool", {**POOL, "agentPoolName": "Train_h100"}, "agent_pool_name: 'Train_h100'"),
        ("containerservice:AgentPool", {**POOL, "cuont": 1}, "cuont: no such property"),
        ("containerservice:AgentPool", {**POOL, "count": "1"}, "'1' is sent as 1"),
        ("containerservice:AgentPool", {**POOL, "count": "one"}, "Unable to deserialize"),
        ("containerservice:AgentPool", {**POOL, "mode": "Usr"}, "'Usr' is none of System, User"),
        ("containerservice:AgentPool", {**POOL, "nodeImageVersion": "1"}, "nodeImageVersion: is read-only"),
        ("containerservice:AgentPool", {**POOL, "osDiskSizeGB": 4096}, "breaks maximum 2048"),
        ("containerservice:AgentPool", {"agentPoolName": "train"}, "resource_group_name: is missing"),
        ("keyvault:Vault", {**VAULT, "properties": {"sku": SKU}}, "properties.tenantId: is missing"),
        ("keyvault:Vault", {**VAULT, "vaultName": "k", "properties": {"tenantId": "t", "sku": SKU}}, "vault_name: 'k'"),
        (
            "storagecache:AmlFilesystem",
            {"maintenanceWindow": {"timeOfDayUTC": "26:00"}},
            "maintenanceWindow.timeOfDayUTC: '26:00' breaks pattern",
        ),
        (
            "network:VirtualNetworkGatewayConnection",
            {"ipsecPolicies": [{"ikeEncryption": "GCMAES256"}]},
            "ipsecPolicies[0].dhGroup: is missing",
        ),
    ],
)  # fmt: skip
def test_the_judge_refuses(token: str, inputs: Mapping[str, Any], said: str | None) -> None:
    """Each kind of mistake is told, with the rule that it breaks; a right request is not."""
    told = judge(f"azure-native:{token}", inputs).complaints
    assert (told == []) if said is None else any(said in one for one in told), told
