"""A Key Vault with a key a class of data, and one each for logs and for the cluster."""

import pulumi
from pulumi_azure_native import keyvault

from components.key_ring.shape import KeyRingOutputs, KeyRingSpec
from components.microsoft import rights
from components.microsoft.ids import key_name, needed
from infra import naming
from infra.catalog import regions
from infra.problems import Problem, ProblemsError

SHORTEST = 7
"""Days that a version must live before Key Vault makes the next one (Key Vault guide, key rotation policy)."""

PURPOSES = ("logs", "cluster")
"""Keys beside those of the data classes: other principals are let in."""

USES = ("decrypt", "encrypt", "unwrapKey", "wrapKey")
"""What services do with a key: they wrap the keys of their own that encrypt the data."""


def build(name: str, spec: KeyRingSpec, opts: pulumi.ResourceOptions) -> KeyRingOutputs:
    """Make the vault and its keys. Nobody may use a key yet: who encrypts with one is granted it there.

    With `hardware` every key is made in the vault's hardware module (tier Premium).

    Raises:
        ProblemsError: A class asks for what Key Vault can't promise, or for a replica where Azure has none.
    """
    needed("KeyRing", name, account=spec.account, region=spec.region)
    refuse(spec)
    vault, where = _vault(name, spec, opts)
    maker = _Keys(spec, vault, where)
    keys = {
        data_class: maker.key(data_class, days, {"data-class": data_class})
        for data_class, days in spec.rotation_days.items()
    }
    strictest = min(spec.rotation_days.values())
    purposes = {purpose: maker.key(purpose, strictest, {}) for purpose in PURPOSES}
    # a vault is readable in the paired region by itself, so the key of a copy is the same key
    replicas = {
        f"{data_class}/{region}": keys[data_class]
        for data_class, wanted in spec.replica_regions.items()
        for region in wanted
    }
    return KeyRingOutputs(keys, purposes, replicas)


def refuse(spec: KeyRingSpec) -> None:
    """Raise every promise that Key Vault can't keep, all at once.

    Raises:
        ProblemsError: Rotation out of bounds, rotation on demand, a clash of names, or a copy of the vault where it
            may not be.
    """
    found = [
        Problem(f"rotation_days.{name}", f"given {days}", f"{SHORTEST} or more on Azure")
        for name, days in spec.rotation_days.items()
        if days < SHORTEST
    ]
    if spec.generation > 1:
        fix = (
            "1 on Azure; rotate now with `az keyvault key rotate`, the next update takes the new version over"
        )
        found.append(Problem("generation", f"given {spec.generation}", fix))
    found += [
        Problem(
            "rotation_days", f"names a class {name!r}", "another name: the platform's own key is called so"
        )
        for name in PURPOSES
        if name in spec.rotation_days
    ]
    for data_class, wanted in spec.replica_regions.items():
        for region in wanted:
            found += _no_replica(data_class, region, spec)
    if found:
        raise ProblemsError("KeyRing can't be built", found)


def _no_replica(data_class: str, region: str, spec: KeyRingSpec) -> list[Problem]:
    where, allowed = f"replica_regions.{data_class}", spec.jurisdictions.get(data_class, ["any"])
    pair = regions.get("azure", spec.region).paired
    if not (law := regions.jurisdiction_of("azure", region)).within(allowed):
        return [Problem(where, f"{region} lies in {law}", ", ".join(allowed))]
    if region != pair:
        there = f"{pair}, the pair of {spec.region}" if pair else f"none: {spec.region} has no pair"
        return [Problem(where, f"given {region}", there)]
    return []


def _vault(
    name: str, spec: KeyRingSpec, opts: pulumi.ResourceOptions
) -> tuple[keyvault.Vault, pulumi.Output[str]]:
    """Make the vault, closed to every network; services of Azure come in by their identities."""
    group = rights.group(name, spec.region, spec.labels, opts)
    # an identity knows the tenant that it is in, so that nobody has to look it up or write it down
    reader = rights.identity(f"{name}-reader", group, spec.labels, group)
    vault = keyvault.Vault(
        naming.name(name, limit=16),  # the engine adds eight letters: names of vaults are taken world-wide
        resource_group_name=group.name,
        location=group.location,
        properties={
            "tenant_id": reader.tenant_id,
            "sku": {"family": "A", "name": "premium" if spec.hardware else "standard"},
            "enable_rbac_authorization": True,
            "enable_soft_delete": True,
            "enable_purge_protection": True,
            "soft_delete_retention_in_days": spec.deletion_days,
            "public_network_access": "Disabled",
            "network_acls": {"bypass": "AzureServices", "default_action": "Deny"},
        },
        tags=spec.labels,
        opts=pulumi.ResourceOptions(parent=group, protect=spec.protect),
    )
    return vault, group.name


class _Keys:
    """Makes the keys of one vault."""

    def __init__(self, spec: KeyRingSpec, vault: keyvault.Vault, where: pulumi.Output[str]) -> None:
        self._spec, self._vault, self._where = spec, vault, where

    def key(self, name: str, days: int, labels: dict[str, str]) -> pulumi.Output[str]:
        """Make a key that rotates by itself; gives the id of its newest version."""
        made = keyvault.Key(
            name,
            key_name=key_name(name),
            vault_name=self._vault.name,
            resource_group_name=self._where,
            properties={
                "kty": "RSA-HSM" if self._spec.hardware else "RSA",
                "key_size": 3072,
                "key_ops": list(USES),
                "rotation_policy": {
                    "lifetime_actions": [
                        {"action": {"type": "rotate"}, "trigger": {"time_after_create": f"P{days}D"}}
                    ]
                },
            },
            tags={**self._spec.labels, **labels},
            opts=pulumi.ResourceOptions(parent=self._vault, protect=self._spec.protect),
        )
        return pulumi.Output.all(made.id, made.key_uri_with_version).apply(
            lambda found: f"{found[0]}/versions/{found[1].rpartition('/')[2]}"
        )
