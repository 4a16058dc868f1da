"""Key Vaults: one with a key a class of data and one for logs, and one for the cluster's own."""

import pulumi
from pulumi_azure_native import keyvault, resources

from components.key_ring.shape import KeyRingOutputs, KeyRingSpec
from components.microsoft import rights, vaults
from components.microsoft.ids import key_name, needed
from infra.catalog import regions
from infra.problems import Problem, ProblemsError

SHORTEST = 7
"""Days that a version must live before Key Vault makes the next one (Key Vault guide, key rotation policy)."""

PURPOSES = ("logs", "cluster")
"""Keys beside those of the data classes: other principals are let in."""

SIZE = 2048
"""Bits of a key: the one size that every service here takes (Managed Lustre guide, customer-managed keys)."""

USES = ("decrypt", "encrypt", "unwrapKey", "wrapKey")
"""What services do with a key: they wrap the keys of their own that encrypt the data."""


def build(name: str, spec: KeyRingSpec, opts: pulumi.ResourceOptions) -> KeyRingOutputs:
    """Make the vaults and their keys. Nobody may use a key yet: who encrypts with one is granted it there.

    With `hardware` every key is made in the vault's hardware module (tier Premium). A managed HSM of one's own is no
    choice: people hand it its security domain before it takes a key, and rights on its keys are no resources.

    A key's rotation is said when it is made; `az keyvault key rotation-policy update` and a refresh change it later.

    Raises:
        ProblemsError: A class asks for what Key Vault can't promise, or for a replica where Azure has none.
    """
    needed("KeyRing", name, account=spec.account, region=spec.region)
    refuse(spec)
    group = rights.group(name, spec.region, spec.labels, opts)
    maker = _Keys(spec, _vault(name, spec, group, trusted=True), group)
    # the cluster's comes in over its own private link, which a vault that also lets services in does not have
    inner = _Keys(spec, _vault(f"{name}-cluster", spec, group, trusted=False), group)
    keys = {
        data_class: maker.key(data_class, days, {"data-class": data_class})
        for data_class, days in spec.rotation_days.items()
    }
    strictest = min(spec.rotation_days.values())
    purposes = {
        "logs": maker.key("logs", strictest, {}),
        "cluster": inner.key("cluster", strictest, {}),
    }
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
            "1 on Azure; rotate now with `az keyvault key rotate`, the next update takes the new version over; "
            "a link's own keys have links.NAME.key_generation"
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


def _vault(name: str, spec: KeyRingSpec, group: resources.ResourceGroup, *, trusted: bool) -> keyvault.Vault:
    """Make a vault, closed to every network."""
    return vaults.vault(
        name,
        group,
        rights.identity(f"{name}-reader", group, spec.labels, group),
        spec.labels,
        tier="premium" if spec.hardware else "standard",
        deletion_days=spec.deletion_days,
        protect=spec.protect,
        trusted=trusted,
    )


class _Keys:
    """Makes the keys of one vault."""

    def __init__(self, spec: KeyRingSpec, vault: keyvault.Vault, group: resources.ResourceGroup) -> None:
        self._spec, self._vault, self._group = spec, vault, group

    def key(self, name: str, days: int, labels: dict[str, str]) -> pulumi.Output[str]:
        """Make a key that rotates by itself; gives the id of its newest version."""
        made = keyvault.Key(
            name,
            key_name=key_name(name),
            vault_name=self._vault.name,
            resource_group_name=self._group.name,
            properties={
                "kty": "RSA-HSM" if self._spec.hardware else "RSA",
                "key_size": SIZE,
                "key_ops": list(USES),
                "rotation_policy": {
                    "lifetime_actions": [
                        {"action": {"type": "rotate"}, "trigger": {"time_after_create": f"P{days}D"}}
                    ]
                },
            },
            tags={**self._spec.labels, **labels},
            opts=pulumi.ResourceOptions.merge(
                vaults.inside(self._vault, protect=self._spec.protect),
                # Resource Manager makes a key and never changes it (Keys, Create If Not Exist): a later update would
                # only claim to, and the rule on rotation could no longer see what the key really does
                pulumi.ResourceOptions(ignore_changes=["properties", "tags"]),
            ),
        )
        return pulumi.Output.all(made.id, made.key_uri_with_version).apply(
            lambda found: f"{found[0]}/versions/{found[1].rpartition('/')[2]}"
        )
