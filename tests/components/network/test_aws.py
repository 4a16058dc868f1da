"""A VPC's zones and doors: those of the region, and AWS's services without a way over the internet."""

from typing import Any

import pytest

from components.network.aws import endpoints, zones_of
from components.network.aws.flows import WRITE
from components.network.shape import parse
from infra.catalog.rows import CatalogError
from infra.problems import ProblemsError


def spec(**more: Any) -> Any:
    """Give a checked network in Sweden."""
    return parse({"platform": "aws", "region": "eu-north-1", "account": "123456789012", **more})


def test_zones_come_from_the_table() -> None:
    """The first three of the region, without asking AWS; those that are given stand."""
    assert zones_of(spec()) == ("eu-north-1a", "eu-north-1b", "eu-north-1c")
    assert zones_of(spec(zones=["eu-north-1c"])) == ("eu-north-1c",)


def test_a_zone_of_another_region_and_a_fourth_one_are_refused() -> None:
    """Two mistakes of one error."""
    given = ["eu-north-1a", "eu-north-1b", "eu-north-1c", "eu-west-1a"]
    with pytest.raises(ProblemsError) as caught:
        zones_of(spec(zones=given))
    assert [problem.text for problem in caught.value.problems] == ["given 'eu-west-1a'", "given 4"]


def test_a_region_whose_zones_no_source_lists_asks_for_them() -> None:
    """Nothing is guessed: zones are not always a, b and c."""
    with pytest.raises(CatalogError, match="zones"):
        zones_of(spec(region="il-central-1"))
    assert zones_of(spec(region="il-central-1", zones=["il-central-1a"])) == ("il-central-1a",)


def test_nodes_and_pods_reach_what_they_call_without_the_internet() -> None:
    """Images, Pod Identity, keys, tokens, logs and Lustre are behind doors of the network's own."""
    assert {"ecr.api", "ecr.dkr", "eks", "eks-auth", "fsx", "kms", "logs", "sqs", "sts"} <= set(
        endpoints.INTERFACE
    )
    assert len(endpoints.INTERFACE) == len(set(endpoints.INTERFACE))


def test_flow_logs_write_into_a_group_that_is_there() -> None:
    """Delivery makes no group of its own: that would have neither our key nor an end."""
    assert set(WRITE) == {"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"}
