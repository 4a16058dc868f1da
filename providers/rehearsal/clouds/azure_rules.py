"""What Azure's services refuse beyond their schemas: each rule says where Azure, or who met it, says so."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from providers.base.errors import Problem
from providers.base.values import plain

if TYPE_CHECKING:
    from providers.rehearsal.account import Account

POOL, CLUSTER = (
    "azure-native:containerservice:AgentPool",
    "azure-native:containerservice:ManagedCluster",
)
LUSTRE, KEY = "azure-native:storagecache:AmlFilesystem", "azure-native:keyvault:Key"
SECRET = "azure-native:keyvault:Secret"
STORAGE = "azure-native:storage:StorageAccount"
BLOB_JOBS = ("azure-native:storagecache:AutoExportJob", "azure-native:storagecache:AutoImportJob")
KEY_BITS = 2048
"""The size of a key of Managed Lustre (its guide, customer-managed keys)."""

LATER: Mapping[str, Mapping[str, str]] = {
    # hashicorp/terraform-provider-azurerm, express_route_port_resource.go
    "azure-native:network:ExpressRoutePort": {
        "links": "a port pair is made first, its links are set by an update"
    },
}
"""By type: properties that a creation may not set, and why."""

ONCE: Mapping[str, str] = {
    KEY: "Resource Manager makes a key and never changes it (Keys, Create If Not Exist): "
    "use `az keyvault key`, and refresh",
}
"""By type: what an update would silently not do."""

FIXED = frozenset(
    {
        "availabilityZones",
        "capacityReservationGroupID",
        "enableEncryptionAtHost",
        "enableFIPS",
        "enableNodePublicIP",
        "gpuInstanceProfile",
        "gpuProfile",
        "kubeletConfig",
        "kubeletDiskType",
        "linuxOSConfig",
        "maxPods",
        "osDiskSizeGB",
        "osDiskType",
        "osType",
        "proximityPlacementGroupID",
        "scaleSetEvictionPolicy",
        "scaleSetPriority",
        "spotMaxPrice",
        "type",
        "vmSize",
        "vnetSubnetID",
    }
)
"""Properties of a living node pool that AKS does not change (terraform-provider-azurerm,
kubernetes_cluster_node_pool_resource.go: what forces a new one, or another one for a while). The real provider makes a
new pool for `vmSize` and `gpuInstanceProfile` alone (pulumi-azure-native, replacement.go)."""


def check(account: "Account", token: str, inputs: Mapping[str, Any]) -> Iterator[Problem]:
    """Find what is refused whether the resource is new or not."""
    if token == POOL:
        yield from _spot(inputs, ())
    if token == CLUSTER:
        for at, pool in enumerate(inputs.get("agentPoolProfiles") or ()):
            yield from _spot(pool, ("agentPoolProfiles", at))
    if token == LUSTRE:
        yield from _lustre_key(account, inputs)
        yield from _lustre_container(account, inputs)


def unchangeable(account: "Account", token: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> str:
    """Say why an update is refused; empty when it is not."""
    if token in ONCE:
        return ONCE[token]
    if token == POOL:
        return _fixed(olds, news, "properties")
    if token != CLUSTER:
        return ""
    before = {pool.get("name"): pool for pool in olds.get("agentPoolProfiles") or ()}
    wanted = {pool.get("name"): pool for pool in news.get("agentPoolProfiles") or ()}
    if strange := wanted.keys() - before.keys() - _pools(account):
        return _INTRODUCED.format(", ".join(sorted(map(str, strange))))
    both = [pool for name, pool in wanted.items() if name in before]
    told = [_fixed(before[pool["name"]], pool, "agentPoolProfile") for pool in both]
    return next(filter(None, told), "")


_INTRODUCED = (
    "BadRequest: A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed through "
    "managed cluster operations. For agent pool specific change, please use per agent pool operations ({})"
)
"""What AKS answers (pulumi-azure-native #579)."""


def _pools(account: "Account") -> set[str]:
    return {str(plain(record.inputs).get("agentPoolName")) for record in account.of_type(POOL)}


def versioned(
    token: str, olds: Mapping[str, Any], news: Mapping[str, Any], fill: Callable[[str], Any]
) -> dict[str, Any]:
    """Give a secret of another value another version, as a vault does."""
    before, after = olds.get("properties"), news.get("properties")
    if token != SECRET or not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return dict(news)
    if plain(before.get("value")) == plain(after.get("value")):
        return dict(news)
    version = fill(f"{plain(before['secretUri'])}/{{hex32}}")
    return {**news, "properties": {**after, "secretUriWithVersion": version}}


def _fixed(olds: Mapping[str, Any], news: Mapping[str, Any], where: str) -> str:
    changed = sorted(name for name in FIXED if olds.get(name) != news.get(name))
    return (
        f"PropertyChangeNotAllowed: Changing property '{where}.{changed[0]}' is not allowed"
        if changed
        else ""
    )


def _spot(pool: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """Hashicorp/terraform-provider-azurerm #19355."""
    upgrades = pool.get("upgradeSettings") if isinstance(pool, Mapping) else None
    if not isinstance(upgrades, Mapping) or pool.get("scaleSetPriority") != "Spot":
        return
    for name, word in (("maxSurge", "max surge"), ("maxUnavailable", "max unavailable")):
        if upgrades.get(name):
            text = f"InvalidParameter: agentPoolProfile.upgrade.{name}: Spot pools can't set {word}"
            yield Problem((*path, "upgradeSettings", name), text)


def _lustre_key(account: "Account", inputs: Mapping[str, Any]) -> Iterator[Problem]:
    url = ((inputs.get("encryptionSettings") or {}).get("keyEncryptionKey") or {}).get("keyUrl")
    key = account.owner(url) if isinstance(url, str) else None
    bits = plain(key.inputs).get("properties", {}).get("keySize") if key else None
    if bits not in {None, KEY_BITS}:
        text = f"the key has {bits} bits, Managed Lustre takes RSA keys of {KEY_BITS} alone"
        yield Problem(("encryptionSettings", "keyEncryptionKey", "keyUrl"), text)


def _lustre_container(account: "Account", inputs: Mapping[str, Any]) -> Iterator[Problem]:
    """Managed Lustre guide, prerequisites of blob integration: access by the account's keys must be enabled."""
    container = ((inputs.get("hsm") or {}).get("settings") or {}).get("container")
    if not isinstance(container, str):
        return
    home = account.owner(container.partition("/blobServices/")[0].lower())
    if home and home.token == STORAGE and plain(home.inputs).get("allowSharedKeyAccess") is False:
        text = "Managed Lustre reads a container by its account's keys, which the account does not take"
        yield Problem(("hsm", "settings", "container"), text)


def busy(account: "Account", token: str, inputs: Mapping[str, Any]) -> str:
    """Say why a job between Lustre and its container can't start: only one runs at a time (guide, auto-export)."""
    if token not in BLOB_JOBS or inputs.get("adminStatus") == "Disable":
        return ""
    where = ("resourceGroupName", "amlFilesystemName")
    running = [
        record
        for kind in BLOB_JOBS
        for record in account.of_type(kind)
        if plain(record.inputs).get("adminStatus") != "Disable"
        and all(plain(record.inputs).get(name) == inputs.get(name) for name in where)
    ]
    return f"Conflict: {running[0].id} runs, and only one import or export at a time may" if running else ""


def too_early(token: str, inputs: Mapping[str, Any]) -> str:
    """Say why a resource can't be made like this; empty when it can."""
    told = [f"{name}: {why}" for name, why in LATER.get(token, {}).items() if inputs.get(name)]
    return f"InvalidRequest: {'; '.join(told)}" if told else ""
