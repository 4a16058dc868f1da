import base64
from collections.abc import Callable

import grpc
import pytest
import yaml

from providers.base.values import UNKNOWN

from .conftest import Rig

GROUP, NETWORK, SUBNET = (
    "azure-native:resources:ResourceGroup",
    "azure-native:network:VirtualNetwork",
    "azure-native:network:Subnet",
)
CLUSTER, POOL = "azure-native:containerservice:ManagedCluster", "azure-native:containerservice:AgentPool"
STORAGE, IDENTITY = "azure-native:storage:StorageAccount", "azure-native:managedidentity:UserAssignedIdentity"
PLAIN = {"kind": "StorageV2", "sku": {"name": "Standard_LRS"}}


@pytest.fixture
def azure(rig: Callable[..., Rig]) -> Rig:
    """Give a subscription with the group `ml`."""
    served = rig("azure-native")
    served.create(GROUP, {"resourceGroupName": "ml", "location": "westeurope"}, "group")
    return served


@pytest.mark.parametrize(
    ("token", "inputs", "told"),
    [
        (
            CLUSTER,
            {"resourceGroupName": "ml", "agentPoolProfiles": [{"vmSiz": "x"}]},
            "did you mean 'vmSize'?",
        ),
        (
            NETWORK,
            {"resourceGroupName": "mll"},
            "ResourceGroupNotFound: 'mll' was never made; did you mean 'ml'?",
        ),
        (
            STORAGE,
            {**PLAIN, "resourceGroupName": "ml", "accountName": "my-data"},
            "3 to 24 lower-case letters",
        ),
        (STORAGE, {**PLAIN, "resourceGroupName": "ml", "accessTier": "Hott"}, "did you mean 'Hot'?"),
        (
            POOL,
            {"resourceGroupName": "ml", "resourceName": "aks", "agentPoolName": "GPU-pool"},
            "1 to 12 lower-case",
        ),
        (
            POOL,
            {
                "resourceGroupName": "ml",
                "resourceName": "aks",
                "vnetSubnetID": "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/ml/providers"
                "/Microsoft.Network/virtualNetworks/none/subnets/none",
            },
            "was never issued",
        ),
    ],
)
def test_what_azure_refuses_is_refused(azure: Rig, token: str, inputs: dict[str, object], told: str) -> None:
    """Unknown fields, missing groups, bad names, closed enums and ids never issued fail in Check."""
    _, problems = azure.check(token, inputs)
    assert any(told in problem for problem in problems), problems


def test_ids_follow_resource_manager_in_any_case(azure: Rig) -> None:
    """A subnet's id continues its network's, and Azure compares ids without regard to case."""
    network, _ = azure.create(
        NETWORK, {"resourceGroupName": "ml", "virtualNetworkName": "net", "location": "westeurope"}
    )
    subnet, made = azure.create(
        SUBNET, {"resourceGroupName": "ml", "virtualNetworkName": "net", "subnetName": "aks"}
    )
    assert network.endswith("/resourceGroups/ml/providers/Microsoft.Network/virtualNetworks/net")
    assert subnet == f"{network}/subnets/aks"
    assert made["name"] == "aks"
    for spelt in (subnet, subnet.upper()):
        assert (
            azure.check(POOL, {"resourceGroupName": "ml", "resourceName": UNKNOWN, "vnetSubnetID": spelt})[1]
            == []
        )


def test_a_subnet_written_inside_its_network_counts(azure: Rig) -> None:
    """A child in its parent's list may be referred to; a name that is not in the list may not."""
    inputs = {"resourceGroupName": "ml", "virtualNetworkName": "net", "subnets": [{"name": "inner"}]}
    network, _ = azure.create(NETWORK, inputs)
    pool = {"resourceGroupName": "ml", "resourceName": UNKNOWN}
    assert azure.check(POOL, {**pool, "vnetSubnetID": f"{network}/subnets/inner"})[1] == []
    assert azure.check(POOL, {**pool, "vnetSubnetID": f"{network}/subnets/other"})[1] != []


def test_a_generated_name_keeps_to_its_types_alphabet(azure: Rig) -> None:
    """A storage account gets letters and digits only."""
    checked, problems = azure.check(STORAGE, {**PLAIN, "resourceGroupName": "ml"}, name="data-lake")
    assert problems == []
    assert str(checked["accountName"]).isalnum()


def test_identities_come_back_as_a_map_as_resource_manager_gives_them(azure: Rig) -> None:
    """The list of identity ids becomes a map by id, which the SDK's output type expects."""
    identity, _ = azure.create(IDENTITY, {"resourceGroupName": "ml"})
    inputs = {
        "resourceGroupName": "ml",
        "resourceName": "aks",
        "identity": {"type": "UserAssigned", "userAssignedIdentities": [identity]},
    }
    _, made = azure.create(CLUSTER, inputs)
    assert list(made["identity"]["userAssignedIdentities"]) == [identity]


def test_credentials_lead_to_the_cluster(azure: Rig) -> None:
    """The look-up of user credentials gives a kubeconfig of a cluster that exists, and fails for one that does not."""
    azure.create(CLUSTER, {"resourceGroupName": "ml", "resourceName": "aks"})
    look = "azure-native:containerservice:listManagedClusterUserCredentials"
    found = azure.invoke(look, resourceGroupName="ml", resourceName="aks")
    config = yaml.safe_load(base64.b64decode(found["kubeconfigs"][0]["value"]))
    assert config["clusters"][0]["cluster"]["server"].startswith("https://aks-")
    with pytest.raises(grpc.RpcError, match="ResourceNotFound"):
        azure.invoke(look, resourceGroupName="ml", resourceName="none")


def test_a_group_is_deleted_last(azure: Rig) -> None:
    """A group with something in it is held."""
    azure.create(NETWORK, {"resourceGroupName": "ml", "virtualNetworkName": "net"})
    group = azure.account.of_type(GROUP)[0]
    with pytest.raises(grpc.RpcError, match="ResourceGroupNotEmpty"):
        azure.delete(GROUP, group.id, group.outputs)


def test_what_makes_up_an_id_replaces(azure: Rig) -> None:
    """Another group, location or VM size needs a new resource, another count does not."""
    old = {"resourceGroupName": "ml", "resourceName": "aks", "vmSize": "a", "count": 1}
    assert list(azure.diff(POOL, "x", old, {**old, "vmSize": "b"}).replaces) == ["vmSize"]
    assert list(azure.diff(POOL, "x", old, {**old, "resourceName": "b"}).replaces) == ["resourceName"]
    assert list(azure.diff(POOL, "x", old, {**old, "count": 2}).replaces) == []
