"""An Azure subscription, worked on in one region."""

import pulumi
import pulumi_azure_native as azure

from components.account.shape import AccountOutputs, AccountSpec
from infra.catalog import regions


def build(name: str, spec: AccountSpec, opts: pulumi.ResourceOptions) -> AccountOutputs:
    """Make the provider; resources that say no location take this one.

    Raises:
        CatalogError: The region is unknown; the text suggests the nearest.
    """
    provider = azure.Provider(
        f"{name}-azure",
        location=regions.get("azure", spec.region).name,
        subscription_id=spec.account or None,
        disable_pulumi_partner_id=True,
        opts=opts,
    )
    return AccountOutputs(providers=(provider,))
