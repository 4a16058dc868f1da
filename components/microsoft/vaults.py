"""Key Vaults as we want each of them: rights by Entra's roles, nothing purged, no network let in."""

from collections.abc import Mapping

import pulumi
from pulumi_azure_native import keyvault, managedidentity, resources

from infra import naming


def vault(
    name: str,
    where: resources.ResourceGroup,
    reader: managedidentity.UserAssignedIdentity,
    labels: Mapping[str, str],
    *,
    tier: str = "standard",
    deletion_days: int = 30,
    protect: bool = False,
    trusted: bool = True,
) -> keyvault.Vault:
    """Make a vault.

    Args:
        name: What it is called in the program. Names of vaults are taken world-wide, so the engine adds eight letters.
        where: Its group.
        reader: An identity of its tenant, so that nobody has to look the tenant up or write it down.
        labels: Its labels.
        tier: standard, or premium for keys in hardware. Default: standard.
        deletion_days: How long what is deleted can be brought back. Default: 30.
        protect: Whether it may not be deleted. Default: false.
        trusted: Whether services of Azure come in by its public door, by their identities, as Managed Lustre asks for;
            else over private links alone, as AKS asks for (AKS guide, KMS, limitations). Default: true.
    """
    return keyvault.Vault(
        naming.name(name, limit=16),
        resource_group_name=where.name,
        location=where.location,
        properties={
            "tenant_id": reader.tenant_id,
            "sku": {"family": "A", "name": tier},
            "enable_rbac_authorization": True,
            "enable_soft_delete": True,
            "enable_purge_protection": True,
            "soft_delete_retention_in_days": deletion_days,
            "public_network_access": "Enabled" if trusted else "Disabled",
            "network_acls": {
                "bypass": "AzureServices",
                "default_action": "Deny",
                "ip_rules": [],
                "virtual_network_rules": [],
            },
        },
        tags=labels,
        opts=pulumi.ResourceOptions(parent=where, protect=protect),
    )


def inside(vault: keyvault.Vault, *, protect: bool = False) -> pulumi.ResourceOptions:
    """Give the options of a key or secret: it goes away with its vault.

    Resource Manager can't delete one; the engine would have to get into the vault, which no network may.
    """
    return pulumi.ResourceOptions(parent=vault, protect=protect, deleted_with=vault)
