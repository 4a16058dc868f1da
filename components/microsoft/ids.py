"""Names and ids of Azure: pure functions over text that is known, or will be."""

import re
from dataclasses import dataclass
from functools import partial
from typing import Self

import pulumi

from components import refusals
from infra import naming


def title(*parts: str, limit: int = 63) -> str:
    """Name a resource after the stack and itself, within its limit."""
    return naming.name(pulumi.get_stack(), *parts, limit=limit)


needed = partial(refusals.needed, "Azure")
"""Refuses a component that lacks what Azure cannot do without: component, name, and values by argument."""


def part(id_: str, kind: str) -> str:
    """Give the name that follows a collection in an id, for example that of `storageAccounts`."""
    found = re.search(rf"/{kind}/([^/]+)", id_, re.IGNORECASE)
    assert found, f"{id_!r} has no {kind}"
    return found[1]


def subscription(id_: str) -> str:
    """Give the id of the subscription that something is in."""
    return "/".join(id_.split("/")[:3])


def up_to(id_: str, kind: str) -> str:
    """Cut an id behind the name that follows a collection: the id of what an inner resource lies in."""
    head, _, _ = id_.partition(f"/{kind}/")
    return f"{head}/{kind}/{part(id_, kind)}"


def within(network: pulumi.Input[str], subnet: str) -> pulumi.Output[str]:
    """Give the id of a subnet that was made as a part of its network."""
    return pulumi.Output.from_input(network).apply(lambda id_: f"{id_}/subnets/{subnet}")


def beside(network: pulumi.Input[str], kind: str, name: str) -> pulumi.Output[str]:
    """Give the id of another network resource of the group that a network is in."""
    return pulumi.Output.from_input(network).apply(
        lambda id_: f"{id_.rpartition('/virtual')[0]}/{kind}/{name}"
    )


@dataclass(frozen=True)
class ManagedKey:
    """One version of a key in a vault, as `KeyRing.keys` writes it: the id with which Azure names that version."""

    id: str
    """The key's id, without the version."""
    version: str
    """The version that was the newest at the last update."""

    @classmethod
    def of(cls, text: pulumi.Input[str]) -> "pulumi.Output[ManagedKey]":
        """Read what another component gave, once it is there."""
        return pulumi.Output.from_input(text).apply(cls.parse)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key version's id.

        Raises:
            ValueError: It is none.
        """
        id_, _, version = text.partition("/versions/")
        if "/vaults/" not in id_ or not version:
            raise ValueError(f"{text!r} is no version of a key in a vault: take it from KeyRing.keys")
        return cls(id_, version)

    @property
    def vault_id(self) -> str:
        """The vault's id."""
        return up_to(self.id, "vaults")

    @property
    def vault_uri(self) -> str:
        """The vault's address."""
        return f"https://{part(self.id, 'vaults')}.vault.azure.net"

    @property
    def url(self) -> str:
        """The address of this version, for services that must be told one."""
        return f"{self.vault_uri}/keys/{part(self.id, 'keys')}/{self.version}"


def key_name(data_class: str) -> str:
    """Give the name of a class's key in its vault: letters, digits and hyphens."""
    return naming.name(data_class, limit=127)
