"""A Google Cloud project and one region in it."""

import pulumi
import pulumi_gcp as gcp

from components.account.shape import AccountOutputs, AccountSpec
from components.google import needed
from infra.catalog import regions


def build(name: str, spec: AccountSpec, opts: pulumi.ResourceOptions) -> AccountOutputs:
    """Make the provider; it adds no labels of its own, since every resource carries ours.

    Raises:
        ProblemsError: The project is missing.
        CatalogError: The region is unknown; the text suggests the nearest.
    """
    needed("Account", name, account=spec.account)
    provider = gcp.Provider(
        f"{name}-gcp",
        project=spec.account,
        region=regions.get("gcp", spec.region).name,
        # quotas and rights count for the project that the resources are in, also with a person's credentials
        user_project_override=True,
        billing_project=spec.account,
        add_pulumi_attribution_label=False,
        opts=opts,
    )
    return AccountOutputs(providers=(provider,))
