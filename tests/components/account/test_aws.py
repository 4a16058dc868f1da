"""An AWS account: the one that is said, in a region that exists."""

import pytest

from components.account.aws import arguments
from components.account.shape import AccountSpec, parse
from infra.catalog.rows import CatalogError
from infra.problems import ProblemsError


def spec(region: str = "eu-north-1", account: str = "123456789012") -> AccountSpec:
    """Give a checked account."""
    return parse({"platform": "aws", "region": region, "account": account})


def test_credentials_of_another_account_are_refused() -> None:
    """The provider takes the account that is said and no other; with none said it takes what it is led to."""
    assert arguments(spec())["allowed_account_ids"] == ["123456789012"]
    assert arguments(spec(account=""))["allowed_account_ids"] is None


@pytest.mark.parametrize("account", ["12345678901", "ml-prod", "1234-5678-9012"])
def test_an_account_is_twelve_digits(account: str) -> None:
    """A name, an alias or a number that YAML cut short is one clear error, before AWS is asked."""
    with pytest.raises(ProblemsError, match="twelve digits"):
        arguments(spec(account=account))


def test_a_region_that_is_none_is_refused_with_the_nearest() -> None:
    """A slip is told apart from a region of another cloud by its neighbour."""
    assert arguments(spec())["region"] == "eu-north-1"
    with pytest.raises(CatalogError, match="Did you mean 'eu-north-1'"):
        arguments(spec(region="eu-nort-1"))
