"""Who may do what: identities of services, and roles on exactly one resource."""

import uuid
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

BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
"""What the names of actions on blobs begin with."""

WRITING = ("add/action", "delete", "read", "write")
"""What a writer does with blobs. The built-in role for it may delete their container too, and no condition forbids
that: conditions are about blobs alone (Azure guide, conditions, limits)."""


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
    role: pulumi.Input[str],
    scope: pulumi.Input[str],
    who: managedidentity.UserAssignedIdentity,
    condition: pulumi.Input[str] | None = None,
) -> authorization.RoleAssignment:
    """Give an identity a role on one resource and what lies in it.

    Args:
        name: What the assignment is called in the program.
        role: The role's title, a key of `ROLES`, or the number of one of our own.
        scope: The resource's id.
        who: The identity.
        condition: What narrows the role further (version 2.0 of Azure's language of conditions). Default: nothing.
    """
    definition = pulumi.Output.all(who.id, role).apply(
        lambda of: (
            f"{subscription(of[0])}/providers/Microsoft.Authorization/roleDefinitions/{ROLES.get(of[1], of[1])}"
        )
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


def writer(container: str) -> str:
    """Give the number of the role that writes to a container, which everybody who knows its id can tell."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, container.lower()))


def writers(
    name: str, container: pulumi.Output[str], account: pulumi.Output[str], where: resources.ResourceGroup
) -> authorization.RoleDefinition:
    """Make the role of those who write to a container, long before anybody is given it.

    A role that was made a moment ago is not known everywhere, and giving it fails (azurerm #19916).

    Args:
        name: What it is called in the program.
        container: The container's id.
        account: The name of its storage account, which makes the role's title the only one of its tenant.
        where: The group that the role can be given in.
    """
    return authorization.RoleDefinition(
        name,
        scope=where.id,
        assignable_scopes=[where.id],
        role_definition_id=container.apply(writer),
        role_name=pulumi.Output.concat("Blob Writer of ", account),
        description="Reads, writes and deletes blobs, and never their container",
        role_type="CustomRole",
        permissions=[
            {
                "actions": [],
                "not_actions": [],
                "data_actions": [f"{BLOBS}/{action}" for action in WRITING],
                "not_data_actions": [],
            }
        ],
        opts=part_of(where),
    )
