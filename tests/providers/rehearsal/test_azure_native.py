"""The stand-in for Azure refuses what Resource Manager refuses, and its ids and lifetimes are Resource Manager's."""

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
ROLE, ASSIGNMENT = (
    "azure-native:authorization:RoleDefinition",
    "azure-native:authorization:RoleAssignment",
)
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


def test_a_role_is_deleted_after_who_has_it(azure: Rig) -> None:
    """A role of one's own is held by its assignments; without one it goes, and its number is a GUID."""
    group = azure.account.of_type(GROUP)[0]
    number = "0775c900-ddfd-52e5-a7db-758b7c0ae22a"
    id_, made = azure.create(
        ROLE, {"scope": group.id, "roleDefinitionId": number, "roleName": "Blob Writer of a"}
    )
    assert id_.endswith(number)
    everywhere = f"{group.id.partition('/resourceGroups/')[0]}{id_.removeprefix(group.id)}"
    given = {"scope": group.id, "roleDefinitionId": everywhere, "principalId": number}
    assigned, outputs = azure.create(ASSIGNMENT, given, "given")
    with pytest.raises(grpc.RpcError, match="RoleDefinitionHasAssignments"):
        azure.delete(ROLE, id_, made)
    azure.delete(ASSIGNMENT, assigned, outputs)
    azure.delete(ROLE, id_, made)
    assert azure.check(ROLE, {"scope": group.id, "roleDefinitionId": "blob-writer"})[1]


def test_what_makes_up_an_id_replaces(azure: Rig) -> None:
    """Another group, location or VM size needs a new resource, another count does not."""
    old = {"resourceGroupName": "ml", "resourceName": "aks", "vmSize": "a", "count": 1}
    assert list(azure.diff(POOL, "x", old, {**old, "vmSize": "b"}).replaces) == ["vmSize"]
    assert list(azure.diff(POOL, "x", old, {**old, "resourceName": "b"}).replaces) == ["resourceName"]
    assert list(azure.diff(POOL, "x", old, {**old, "count": 2}).replaces) == []


VAULT, KEY = "azure-native:keyvault:Vault", "azure-native:keyvault:Key"
PORT = "azure-native:network:ExpressRoutePort"
LUSTRE = "azure-native:storagecache:AmlFilesystem"
SHARED = {
    "resourceGroupName": "ml",
    "amlFilesystemName": "fs",
    "sku": {"name": "AMLFS-Durable-Premium-500"},
    "storageCapacityTiB": 4,
    "zones": ["1"],
    "filesystemSubnet": "shared",
    "maintenanceWindow": {"dayOfWeek": "Sunday", "timeOfDayUTC": "02:00"},
}


@pytest.mark.never_again
@pytest.mark.parametrize(("priority", "told"), [("Spot", 1), ("Regular", 0)])
def test_a_spot_pool_with_a_surge_is_refused(azure: Rig, priority: str, told: int) -> None:
    """Threads azurerm #19355, bicep #14517: AKS refuses a spot pool that says how many spares there may be."""
    pool = {"resourceGroupName": "ml", "resourceName": "aks", "agentPoolName": "spot"}
    surge = {"scaleSetPriority": priority, "upgradeSettings": {"maxSurge": "10%"}}
    _, problems = azure.check(POOL, {**pool, **surge})
    assert len([problem for problem in problems if "Spot pools can't set max surge" in problem]) == told
    profiles = {
        "resourceGroupName": "ml",
        "resourceName": "aks",
        "agentPoolProfiles": [{"name": "a", **surge}],
    }
    assert len(azure.check(CLUSTER, profiles)[1]) == told


@pytest.mark.never_again
def test_what_aks_fixes_at_creation_is_not_changed(azure: Rig) -> None:
    """Thread pulumi-azure-native #959: the real provider updates such a pool, and AKS refuses; a count is fine."""
    group = {"resourceGroupName": "ml"}
    pool = {**group, "resourceName": "aks", "agentPoolName": "gpu", "count": 1, "osDiskSizeGB": 128}
    id_, made = azure.create(POOL, pool)
    larger = {**pool, "osDiskSizeGB": 256}
    assert list(azure.diff(POOL, id_, pool, larger).replaces) == []
    with pytest.raises(grpc.RpcError, match=r"PropertyChangeNotAllowed.*properties\.osDiskSizeGB"):
        azure.update(POOL, id_, made, pool, larger)
    assert azure.update(POOL, id_, made, pool, {**pool, "count": 2})["count"] == 2
    plane = {**group, "resourceName": "aks", "agentPoolProfiles": [{"name": "system", "vmSize": "a"}]}
    id_, made = azure.create(CLUSTER, plane, "plane")
    with pytest.raises(grpc.RpcError, match=r"agentPoolProfile\.vmSize"):
        azure.update(
            CLUSTER, id_, made, plane, {**plane, "agentPoolProfiles": [{"name": "system", "vmSize": "b"}]}
        )


@pytest.mark.never_again
def test_a_cluster_takes_over_a_pool_that_is_there_and_makes_none(azure: Rig) -> None:
    """Thread pulumi-azure-native #579: the first system pool can't be renamed, and another one can take its place."""
    plane = {"resourceGroupName": "ml", "resourceName": "aks", "agentPoolProfiles": [{"name": "system"}]}
    other = {**plane, "agentPoolProfiles": [{"name": "other"}]}
    id_, made = azure.create(CLUSTER, plane, "plane")
    with pytest.raises(grpc.RpcError, match=r"A new agent pool was introduced.*\(other\)"):
        azure.update(CLUSTER, id_, made, plane, other)
    azure.create(POOL, {"resourceGroupName": "ml", "resourceName": "aks", "agentPoolName": "other"})
    assert azure.update(CLUSTER, id_, made, plane, other)["agentPoolProfiles"][0]["name"] == "other"


@pytest.mark.never_again
@pytest.mark.parametrize(("keys", "told"), [(False, 1), (True, 0)])
def test_lustre_reads_a_container_by_keys(azure: Rig, keys: bool, told: int) -> None:
    """Managed Lustre guide, prerequisites: an account that takes no keys can't be tied to a file system."""
    account, _ = azure.create(
        STORAGE, {**PLAIN, "resourceGroupName": "ml", "accountName": "data", "allowSharedKeyAccess": keys}
    )
    where = {"resourceGroupName": "ml", "accountName": "data", "containerName": "data"}
    container, _ = azure.create("azure-native:storage:BlobContainer", where, "container")
    assert container.startswith(account)
    tie = {"hsm": {"settings": {"container": container, "loggingContainer": container}}}
    _, problems = azure.check(LUSTRE, {**SHARED, **tie})
    assert len([problem for problem in problems if "which the account does not take" in problem]) == told


@pytest.mark.never_again
def test_one_job_at_a_time_runs_between_lustre_and_its_container(azure: Rig) -> None:
    """Managed Lustre guide, auto-export and auto-import: both were declared, and the second one never started."""
    fs = {"resourceGroupName": "ml", "amlFilesystemName": "fs"}
    azure.create(LUSTRE, SHARED, "fs")
    azure.create(
        "azure-native:storagecache:AutoExportJob", {**fs, "autoExportJobName": "out", "adminStatus": "Enable"}
    )
    job = {**fs, "autoImportJobName": "in", "adminStatus": "Enable"}
    with pytest.raises(grpc.RpcError, match="only one import or export at a time"):
        azure.create("azure-native:storagecache:AutoImportJob", job, "in")


@pytest.mark.parametrize("preview", [True, False])
def test_a_port_pair_is_made_before_its_links_are_set(azure: Rig, preview: bool) -> None:
    """Azure refuses the state of links at creation; the preview says so already."""
    port = {"resourceGroupName": "ml", "expressRoutePortName": "p", "peeringLocation": "l"}
    links = [{"name": "link1", "adminState": "Enabled"}]
    with pytest.raises(grpc.RpcError, match="links: a port pair is made first"):
        azure.create(PORT, {**port, "links": links}, preview=preview)
    made, outputs = azure.create(PORT, port, preview=preview)
    if not preview:
        azure.update(PORT, made, outputs, port, {**port, "links": links})


def vault(azure: Rig, bits: int) -> tuple[str, str]:
    """Make a vault with one key; gives the vault's id and the key's address."""
    properties = {"tenantId": "t", "sku": {"family": "A", "name": "standard"}}
    made, _ = azure.create(VAULT, {"resourceGroupName": "ml", "vaultName": "ring", "properties": properties})
    key = {"resourceGroupName": "ml", "vaultName": "ring", "keyName": "k", "properties": {"keySize": bits}}
    _, outputs = azure.create(KEY, key)
    return made, str(outputs["keyUriWithVersion"])


@pytest.mark.parametrize(("bits", "told"), [(2048, 0), (3072, 1)])
def test_lustre_takes_keys_of_one_size(azure: Rig, bits: int, told: int) -> None:
    """Managed Lustre's guide names RSA keys of 2048 bits alone."""
    id_, url = vault(azure, bits)
    settings = {"keyEncryptionKey": {"keyUrl": url, "sourceVault": {"id": id_}}}
    lustre = {
        "resourceGroupName": "ml", "amlFilesystemName": "fs", "encryptionSettings": settings, "filesystemSubnet": "s",
        "maintenanceWindow": {"dayOfWeek": "Sunday", "timeOfDayUTC": "02:00"}, "storageCapacityTiB": 16, "zones": ["1"],
    }  # fmt: skip
    _, problems = azure.check(LUSTRE, lustre)
    assert len([problem for problem in problems if f"the key has {bits} bits" in problem]) == told


def test_a_key_is_made_once_and_goes_with_its_vault(azure: Rig) -> None:
    """Resource Manager changes nothing of a key, so an update is refused; a vault that goes takes its keys along."""
    id_, _ = vault(azure, 2048)
    key = azure.account.of_type(KEY)[0]
    with pytest.raises(grpc.RpcError, match="makes a key and never changes it"):
        azure.update(KEY, key.id, key.outputs, key.inputs, {**key.inputs, "tags": {"team": "ml"}})
    azure.delete(VAULT, id_, azure.account.of_type(VAULT)[0].outputs)
    assert azure.account.of_type(KEY) == []


@pytest.mark.never_again
def test_a_secret_of_another_value_has_another_version(azure: Rig) -> None:
    """Who is told an address with a version learns of a new value; labels make no version."""
    here = {"resourceGroupName": "ml", "vaultName": "keys", "secretName": "cak"}
    old = {**here, "properties": {"value": "a"}}
    id_, made = azure.create("azure-native:keyvault:Secret", old)
    labelled = {**old, "tags": {"team": "ml"}}
    same = azure.update("azure-native:keyvault:Secret", id_, made, old, labelled)
    new = {**labelled, "properties": {"value": "b"}}
    other = azure.update("azure-native:keyvault:Secret", id_, same, labelled, new)
    first, second, third = (bag["properties"]["secretUriWithVersion"] for bag in (made, same, other))
    assert first == second != third
