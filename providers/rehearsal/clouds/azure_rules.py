"""What Azure's services refuse beyond their schemas: each rule says where Azure, or who met it, says so."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from providers.base.errors import Problem
from providers.base.values import plain

if TYPE_CHECKING:
    from providers.rehearsal.account import Account

POOL = "azure-native:containerservice:AgentPool"
LUSTRE, KEY = "azure-native:storagecache:AmlFilesystem", "azure-native:keyvault:Key"
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


def check(account: "Account", token: str, inputs: Mapping[str, Any]) -> Iterator[Problem]:
    """Find what is refused whether the resource is new or not."""
    if token == POOL:
        yield from _spot(inputs, ())
    if token == "azure-native:containerservice:ManagedCluster":
        for at, pool in enumerate(inputs.get("agentPoolProfiles") or ()):
            yield from _spot(pool, ("agentPoolProfiles", at))
    if token == LUSTRE:
        yield from _lustre_key(account, inputs)


def _spot(pool: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """Hashicorp/terraform-provider-azurerm #19355."""
    upgrades = pool.get("upgradeSettings") if isinstance(pool, Mapping) else None
    if isinstance(upgrades, Mapping) and pool.get("scaleSetPriority") == "Spot" and upgrades.get("maxSurge"):
        text = "InvalidParameter: agentPoolProfile.upgrade.maxSurge: Spot pools can't set max surge"
        yield Problem((*path, "upgradeSettings", "maxSurge"), text)


def _lustre_key(account: "Account", inputs: Mapping[str, Any]) -> Iterator[Problem]:
    url = ((inputs.get("encryptionSettings") or {}).get("keyEncryptionKey") or {}).get("keyUrl")
    key = account.owner(url) if isinstance(url, str) else None
    bits = plain(key.inputs).get("properties", {}).get("keySize") if key else None
    if bits not in {None, KEY_BITS}:
        text = f"the key has {bits} bits, Managed Lustre takes RSA keys of {KEY_BITS} alone"
        yield Problem(("encryptionSettings", "keyEncryptionKey", "keyUrl"), text)


def too_early(token: str, inputs: Mapping[str, Any]) -> str:
    """Say why a resource can't be made like this; empty when it can."""
    told = [f"{name}: {why}" for name, why in LATER.get(token, {}).items() if inputs.get(name)]
    return f"InvalidRequest: {'; '.join(told)}" if told else ""
