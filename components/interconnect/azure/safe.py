"""The vault of a link: keys of MACsec, which the ports read by an identity of their own."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_random as random
from pulumi_azure_native import keyvault, resources

from components.interconnect.shape import InterconnectSpec
from components.microsoft import rights, vaults
from components.parts import part_of


@dataclass(frozen=True)
class Sealed:
    """The keys of one port."""

    pair: pulumi.Output[dict[str, str]]
    """`ckn` and `cak`, 64 hex digits each, for the far end; a secret."""
    config: dict[str, Any]
    """Where the port finds them."""
    reader: pulumi.Output[str]
    """The id of the identity that reads them."""
    right: pulumi.Resource
    """What lets that identity in."""


class Safe:
    """Keeps the keys of one link."""

    def __init__(self, name: str, spec: InterconnectSpec, group: resources.ResourceGroup) -> None:
        self._spec, self._group = spec, group
        self._who = rights.identity(f"{name}-ports", group, spec.labels, group)
        self._vault = vaults.vault(f"{name}-macsec", group, self._who, spec.labels, protect=spec.protect)
        self._right = rights.grant(f"{name}-ports", "Key Vault Secrets User", self._vault.id, self._who)

    def seal(self, port: str) -> Sealed:
        """Make the connectivity association's name and key; they exist in the state alone, encrypted, and here."""
        parts: dict[str, pulumi.Output[str]] = {}
        homes: dict[str, pulumi.Output[str]] = {}
        for part in ("ckn", "cak"):
            label = f"{port}-{part}"
            keepers = {"generation": str(self._spec.key_generation)}
            made = random.RandomBytes(label, length=32, keepers=keepers, opts=part_of(self._vault))
            parts[part] = pulumi.Output.secret(made.hex)
            secret = keyvault.Secret(
                label,
                secret_name=label,
                vault_name=self._vault.name,
                resource_group_name=self._group.name,
                properties={"value": parts[part]},
                tags=self._spec.labels,
                opts=vaults.inside(self._vault),
            )
            # with its version, so that a new key is a change of the port: Azure reads it when it is told alone
            homes[part] = pulumi.Output.unsecret(secret.properties.apply(_address))
        pair: pulumi.Output[dict[str, str]] = pulumi.Output.all(**parts).apply(dict)
        config = {
            "cak_secret_identifier": homes["cak"],
            "ckn_secret_identifier": homes["ckn"],
            "cipher": "GcmAesXpn256",
            "sci_state": "Enabled",
        }
        return Sealed(pulumi.Output.secret(pair), config, self._who.id, self._right)


def _address(kept: keyvault.outputs.SecretPropertiesResponse) -> str:
    return str(kept.secret_uri_with_version)
