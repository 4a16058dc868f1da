"""A container in a storage account of its own: under our key, reached privately, versioned, logged."""

import dataclasses
from typing import Any

import pulumi
from pulumi_azure_native import resources, storage

from components.microsoft import accounts, rights
from components.microsoft.ids import key_name, needed, title
from components.object_store.azure import rules
from components.object_store.azure.endpoint import connect
from components.object_store.shape import ObjectStoreOutputs, ObjectStoreSpec
from components.parts import part_of

READERS = ("StorageRead", "StorageWrite", "StorageDelete")
"""Logs of who did what with blobs."""

LOG_DAYS = 400
"""How long access logs stay: a year can be looked back on."""


def build(name: str, spec: ObjectStoreSpec, opts: pulumi.ResourceOptions) -> ObjectStoreOutputs:
    """Make the account, its container, its way in, and the account of its access logs.

    A lock begins unlocked: Azure lets only a human lock a policy for good (`az storage account update
    --immutability-state Locked`), since nobody can undo it.

    Raises:
        ProblemsError: Region, account or network is missing, a copy would lie where it may not, or something is asked
            for that Azure does not have.
    """
    needed("ObjectStore", name, region=spec.region, account=spec.account, network=spec.network)
    sku = rules.refuse(spec)
    group = rights.group(name, spec.region, spec.labels, opts)
    wanted = accounts.Wanted(
        sku=sku,
        labels=spec.labels,
        key=spec.key if spec.encryption != "none" else None,
        key_name=key_name(spec.data_class),
        protect=spec.protect,
        versioning=spec.versioning,
        more=_lock(spec),
    )
    stored = accounts.account(name, group, wanted)
    made = stored.account
    if found := rules.lifecycle(spec):
        accounts.keep(name, group, made, found)
    container = _container(name, group, made)
    writer = rights.writers(name, container.id, made.name, group)
    connect(name, group, made, spec)
    _log(name, group, stored, wanted)
    return ObjectStoreOutputs(
        url=pulumi.Output.concat("abfss://", container.name, "@", made.name, ".dfs.core.windows.net"),
        # who is let in by this id comes after the role, and goes before it
        id=pulumi.Output.all(container.id, writer.id).apply(lambda ids: str(ids[0])),
        key_ring=pulumi.Output.from_input(""),
    )


def _lock(spec: ObjectStoreSpec) -> dict[str, Any]:
    if spec.lock_days is None:
        return {}
    policy = {
        "state": "Unlocked",
        "immutability_period_since_creation_in_days": spec.lock_days,
        "allow_protected_append_writes": False,
    }
    return {"immutable_storage_with_versioning": {"enabled": True, "immutability_policy": policy}}


def _container(
    name: str, group: resources.ResourceGroup, made: storage.StorageAccount
) -> storage.BlobContainer:
    return storage.BlobContainer(
        name,
        container_name=title(name),
        account_name=made.name,
        resource_group_name=group.name,
        public_access="None",
        opts=part_of(made),
    )


def _log(name: str, group: resources.ResourceGroup, made: accounts.Made, wanted: accounts.Wanted) -> None:
    label = f"{name}-log"
    plain = dataclasses.replace(wanted, sku=rules.LOCAL_OR_ZONES[wanted.sku], versioning=True, more={})
    target = accounts.logs(label, group, plain, LOG_DAYS)
    accounts.watch(f"{name}-readers", made.blobs, READERS, target, made.account)
