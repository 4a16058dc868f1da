"""Who may do what: identities of services, and built-in roles on exactly one resource."""

from collections.abc import Mapping
from types import MappingProxyType

import pulumi
from pulumi_azure_native import authorization, managedidentity, resources

from components.microsoft.ids import subscription, title
from components.parts import part_of

# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
ROLES: Mapping[str, str] = MappingProxyType(
    {
        "AcrPull": "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        "Contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Key Vault Contributor": "f25e0fa2-a7c8-4377-a976-54943a77a395",
        "Key Vault Crypto Service Encryption User": "e147488a-f6f5-4113-8e2d-b22465e65bf6",
        "Key Vault Crypto User": "12338af0-0e69-4776-bea7-57ae8d297424",
        "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
        "Managed Identity Operator": "f1a07417-d97a-45cb-824c-7a7467783830",
        "Network Contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
        "Reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    }
)
"""Built-in roles by title: the same number in every tenant."""


def group(
    name: str, region: str, labels: Mapping[str, str], opts: pulumi.ResourceOptions
) -> resources.ResourceGroup:
    """Make the resource group of one component: what goes together is deleted together."""
    return resources.ResourceGroup(
        name,
        resource_group_name=title(name, limit=90),
        location=region,
        tags=labels,
        opts=opts,
    )


def identity(
    name: str,
    where: resources.ResourceGroup,
    labels: Mapping[str, str],
    parent: pulumi.Resource,
) -> managedidentity.UserAssignedIdentity:
    """Make an identity that a service takes; nobody holds a secret of it."""
    return managedidentity.UserAssignedIdentity(
        name,
        resource_name_=title(name, limit=128),
        resource_group_name=where.name,
        location=where.location,
        tags=labels,
        opts=part_of(parent),
    )


def grant(
    name: str,
    role: str,
    scope: pulumi.Input[str],
    who: managedidentity.UserAssignedIdentity,
    condition: pulumi.Input[str] | None = None,
) -> authorization.RoleAssignment:
    """Give an identity a built-in role on one resource and what lies in it.

    Args:
        name: What the assignment is called in the program.
        role: The role's title, a key of `ROLES`.
        scope: The resource's id.
        who: The identity.
        condition: What narrows the role further (version 2.0 of Azure's language of conditions). Default: nothing.
    """
    definition = pulumi.Output.from_input(who.id).apply(
        lambda id_: f"{subscription(id_)}/providers/Microsoft.Authorization/roleDefinitions/{ROLES[role]}"
    )
    return authorization.RoleAssignment(
        name,
        scope=scope,
        role_definition_id=definition,
        principal_id=who.principal_id,
        principal_type="ServicePrincipal",  # so that Azure waits for a principal that is not known everywhere yet
        condition=condition,
        condition_version=None if condition is None else "2.0",
        opts=part_of(who),
    )
