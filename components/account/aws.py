"""An AWS account in one region."""

import pulumi
import pulumi_aws as aws

from components.account.shape import AccountOutputs, AccountSpec
from infra.catalog import regions


def build(name: str, spec: AccountSpec, opts: pulumi.ResourceOptions) -> AccountOutputs:
    """Make the provider; it adds no tags of its own, since every resource carries our labels.

    Raises:
        CatalogError: The region is unknown; the text suggests the nearest.
    """
    provider = aws.Provider(
        f"{name}-aws",
        region=regions.get("aws", spec.region).name,
        allowed_account_ids=[spec.account] if spec.account else None,
        opts=opts,
    )
    return AccountOutputs(providers=(provider,))
