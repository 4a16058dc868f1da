"""Storage accounts as we want each of them: under our key, closed to every network, versioned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_azure_native import monitor, resources, storage

from components.microsoft import rights
from components.microsoft.ids import ManagedKey
from components.parts import part_of
from infra import naming

SOFT_DAYS = 7
"""Days in which a deleted blob or container can be brought back."""


@dataclass(frozen=True)
class Wanted:
    """What one account is to be."""

    sku: str
    """How often and where its data is kept, for example Standard_ZRS."""
    labels: Mapping[str, str]
    """Its labels."""
    key: pulumi.Input[str] | None
    """The key that encrypts it, as `KeyRing.keys` gives it. None: Azure's own, which the policy stops by name."""
    key_name: str
    """The name of that key in its vault, known before the key is there."""
    protect: bool
    """Whether it may not be deleted."""
    versioning: bool = True
    """Whether older versions are kept. Default: true."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """More arguments of the account. Default: none."""


@dataclass(frozen=True)
class Made:
    """An account and its blob service, which logs of readers hang on."""

    account: storage.StorageAccount
    service: storage.BlobServiceProperties

    @property
    def blobs(self) -> pulumi.Output[str]:
        """The id of the blob service."""
        both = pulumi.Output.all(self.account.id, self.service.id)
        return both.apply(lambda ids: f"{ids[0]}/blobServices/default")


def account(name: str, where: resources.ResourceGroup, wanted: Wanted) -> Made:
    """Make an account that speaks TLS 1.2 or newer, to principals of Entra alone, over private endpoints alone."""
    own = pulumi.ResourceOptions(parent=where, protect=wanted.protect)
    encryption: dict[str, Any] = {}
    if wanted.key is not None:
        encryption, ready = _encrypted(name, where, wanted)
        own = pulumi.ResourceOptions.merge(own, pulumi.ResourceOptions(depends_on=[ready]))
    made = storage.StorageAccount(
        naming.name(name, limit=16).replace(
            "-", ""
        ),  # the engine adds eight letters: names are taken world-wide
        resource_group_name=where.name,
        location=where.location,
        kind="StorageV2",
        sku={"name": wanted.sku},
        access_tier="Hot",
        minimum_tls_version="TLS1_2",
        enable_https_traffic_only=True,
        allow_blob_public_access=False,
        allow_shared_key_access=False,
        allow_cross_tenant_replication=False,
        default_to_o_auth_authentication=True,
        is_local_user_enabled=False,
        is_sftp_enabled=False,
        public_network_access="Disabled",
        # services that Azure trusts write logs and read keys; nobody else gets past the private endpoint
        network_rule_set={"default_action": "Deny", "bypass": "AzureServices"},
        tags=wanted.labels,
        **encryption,
        **wanted.more,
        opts=own,
    )
    return Made(made, _versions(name, where, made, wanted))


def _encrypted(
    name: str, where: resources.ResourceGroup, wanted: Wanted
) -> tuple[dict[str, Any], pulumi.Resource]:
    """Give the arguments that encrypt an account, and the right that must be there before it."""
    key = ManagedKey.of(wanted.key or "")
    who = rights.identity(f"{name}-encryption", where, wanted.labels, where)
    right = rights.grant(
        f"{name}-encryption",
        "Key Vault Crypto Service Encryption User",
        key.apply(lambda found: found.id),
        who,
    )
    properties = {
        # without a version the account takes the newest one by itself within a day
        "key_name": wanted.key_name,
        "key_vault_uri": key.apply(lambda found: found.vault_uri),
    }
    return {
        "identity": {"type": "UserAssigned", "user_assigned_identities": [who.id]},
        "encryption": {
            "key_source": "Microsoft.Keyvault",
            "key_vault_properties": properties,
            "encryption_identity": {"encryption_user_assigned_identity": who.id},
            "require_infrastructure_encryption": True,
            "services": {
                "blob": {"enabled": True, "key_type": "Account"},
                "file": {"enabled": True, "key_type": "Account"},
            },
        },
    }, right


def _versions(
    name: str, where: resources.ResourceGroup, made: storage.StorageAccount, wanted: Wanted
) -> storage.BlobServiceProperties:
    soft = {"enabled": True, "days": SOFT_DAYS}
    return storage.BlobServiceProperties(
        name,
        account_name=made.name,
        resource_group_name=where.name,
        blob_services_name="default",
        is_versioning_enabled=wanted.versioning,
        delete_retention_policy=soft,
        container_delete_retention_policy=soft,
        opts=part_of(made),
    )


def keep(
    name: str,
    where: resources.ResourceGroup,
    made: storage.StorageAccount,
    rules: Sequence[Mapping[str, Any]],
) -> None:
    """Say when blobs move to a colder tier and when they go away."""
    storage.ManagementPolicy(
        name,
        account_name=made.name,
        resource_group_name=where.name,
        management_policy_name="default",
        policy={"rules": list(rules)},
        opts=part_of(made),
    )


def rule(name: str, *types: str, **actions: Mapping[str, Any]) -> dict[str, Any]:
    """Write one lifecycle rule, of block blobs unless other types are named."""
    return {
        "name": name,
        "enabled": True,
        "type": "Lifecycle",
        "definition": {"filters": {"blob_types": list(types or ("blockBlob",))}, "actions": actions},
    }


def logs(name: str, where: resources.ResourceGroup, wanted: Wanted, days: int) -> storage.StorageAccount:
    """Make an account that services write their logs to, and that forgets them after a time.

    Args:
        name: What it is called in the program.
        where: Its group.
        wanted: What it is to be.
        days: How long logs stay.
    """
    made = account(name, where, wanted).account
    age, version = {"days_after_modification_greater_than": days}, {"days_after_creation_greater_than": 1}
    whole = rule("expire", base_blob={"delete": age}, version={"delete": version})
    appended = rule("expire-appended", "appendBlob", base_blob={"delete": age})
    keep(name, where, made, [whole, appended])
    return made


def watch(
    name: str,
    watched: pulumi.Input[str],
    categories: Sequence[str],
    target: storage.StorageAccount,
    parent: pulumi.Resource,
) -> monitor.DiagnosticSetting:
    """Send logs of a resource to an account.

    Args:
        name: What the setting is called, in the program and on the resource.
        watched: The id of the resource.
        categories: Which of its logs.
        target: The account.
        parent: What the setting goes away with.
    """
    return monitor.DiagnosticSetting(
        name,
        name=name,
        resource_uri=watched,
        storage_account_id=target.id,
        logs=[{"category": category, "enabled": True} for category in categories],
        opts=part_of(parent),
    )
