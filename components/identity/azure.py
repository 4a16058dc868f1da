"""A managed identity that one service account of one cluster takes by its own token."""

import pulumi
from pulumi_azure_native import managedidentity

from components.identity.shape import IdentityOutputs, IdentitySpec, StoreRight
from components.microsoft import rights
from components.microsoft.ids import needed
from components.microsoft.rights import BLOBS
from components.parts import part_of

AUDIENCE = "api://AzureADTokenExchange"
"""For whom the cluster makes the tokens that Entra takes (Entra guide, workload identity federation)."""

READER = "Storage Blob Data Reader"


def build(name: str, spec: IdentitySpec, opts: pulumi.ResourceOptions) -> IdentityOutputs:
    """Make the identity, its rights and its trust in the cluster's service account.

    Nobody gets a right on a key: the store itself reads it, under an identity of its own.

    Raises:
        ProblemsError: Region, account or the cluster's issuer is missing.
    """
    needed("Identity", name, region=spec.region, account=spec.account, issuer=spec.issuer)
    group = rights.group(f"{name}-identity", spec.region, spec.labels, opts)
    who = rights.identity(name, group, spec.labels, group)
    managedidentity.FederatedIdentityCredential(
        name,
        federated_identity_credential_resource_name="cluster",
        resource_name_=who.name,
        resource_group_name=group.name,
        issuer=spec.issuer,
        subject=f"system:serviceaccount:{spec.workload}:{spec.workload}",
        audiences=[AUDIENCE],
        opts=part_of(who),
    )
    for label, right in spec.stores.items():
        store = pulumi.Output.from_input(right.store)
        role = store.apply(rights.writer) if right.access == "write" else READER
        rights.grant(f"{name}-{label}", role, store, who, narrowed(right))
    client = {"azure.workload.identity/client-id": who.client_id}
    return IdentityOutputs(who.client_id, client)


def narrowed(right: StoreRight) -> str | None:
    """Narrow a right to blobs below a prefix, and to lists of them; None when the right is on all of the store."""
    if not right.prefix:
        return None
    below, listing = (
        f"'{right.prefix}/",
        f"ActionMatches{{'{BLOBS}/read'}} AND SubOperationMatches{{'Blob.List'}}",
    )
    single = [f"!(ActionMatches{{'{BLOBS}/read'}} AND NOT SubOperationMatches{{'Blob.List'}})"]
    if right.access == "write":
        single += [f"!(ActionMatches{{'{BLOBS}/{action}'}})" for action in ("write", "delete", "add/action")]
    return (
        f"(({' AND '.join(single)}) OR (@Resource[{BLOBS}:path] StringLike {below}*'))"
        f" AND ((!({listing})) OR (@Request[{BLOBS}:prefix] StringStartsWith {below}'))"
    )
