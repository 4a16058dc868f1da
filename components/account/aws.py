"""An AWS account in one region."""

import re
from typing import Any

import pulumi
import pulumi_aws as aws

from components.account.shape import AccountOutputs, AccountSpec
from infra.catalog import regions
from infra.problems import Problem, ProblemsError


def build(name: str, spec: AccountSpec, opts: pulumi.ResourceOptions) -> AccountOutputs:
    """Make the provider; it adds no tags of its own, since every resource carries our labels.

    Raises:
        CatalogError: The region is unknown; the text suggests the nearest.
        ProblemsError: The account is no number of AWS's.
    """
    return AccountOutputs(providers=(aws.Provider(f"{name}-aws", **arguments(spec), opts=opts),))


def arguments(spec: AccountSpec) -> dict[str, Any]:
    """Give the provider's region, and the one account that its credentials may lead to.

    Raises:
        CatalogError: The region is unknown; the text suggests the nearest.
        ProblemsError: The account is no number of AWS's.
    """
    region = regions.get("aws", spec.region).name
    if spec.account and not re.fullmatch(r"\d{12}", spec.account):
        allowed = "the twelve digits of an AWS account, in quotes"
        raise ProblemsError(
            "Account can't be built on AWS", [Problem("account", f"given {spec.account!r}", allowed)]
        )
    return {"region": region, "allowed_account_ids": [spec.account] if spec.account else None}
