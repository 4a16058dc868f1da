"""Each cloud's list in its own form: what is taken, what is not, and why."""

from collections.abc import Iterable
from typing import Any

import pytest

from console.prices import aws, azure, gcp
from console.prices.quote import Gap, Quote
from console.prices.web import FeedError, RefusedError, Web
from infra.catalog.feeds import Address
from tests.console.prices import lists as made
from tests.console.prices.lists import Lists, Reply

SOURCE = {"aws": "aws-price-list", "azure": "azure-retail-prices", "gcp": "gcp-billing-catalog"}


def address(lists: Lists, cloud: str, path: str = "") -> Address:
    """Point a cloud at this machine."""
    return Address(platform=cloud, url=f"{lists.url}{path}", source=SOURCE[cloud], key="CAUSEWAY_GCP_API_KEY")


def of(answers: Iterable[Quote | Gap], sku: str, kind: str = "on-demand") -> Quote | Gap:
    """Find the one answer about something."""
    (found,) = [one for one in answers if one.sku == sku and (isinstance(one, Gap) or one.kind == kind)]
    return found


def usd(answers: Iterable[Quote | Gap], sku: str, kind: str = "on-demand") -> float:
    """Give a price that is there."""
    found = of(answers, sku, kind)
    assert isinstance(found, Quote), found
    return found.usd


def read_aws(lists: Lists, web: Web) -> list[Quote | Gap]:
    """Read one region."""
    return list(aws.quotes(web, address(lists, "aws"), ["eu-north-1"]))


P5 = "p5.48xlarge"


def test_aws_takes_the_plain_machine_among_its_variants(lists: Lists, web: Web) -> None:
    """Dedicated, reserved, unused, licensed, Windows, local zone and capacity block lines are not the price."""
    variants = [
        made.aws_machine(P5, 64.78, Tenancy="Dedicated"),
        made.aws_machine(P5, 0, CapacityStatus="AllocatedCapacityReservation"),
        made.aws_machine(P5, 58.89, CapacityStatus="UnusedCapacityReservation"),
        made.aws_machine(P5, 70.1, Operating_System="Windows", operation="RunInstances:0002"),
        made.aws_machine(P5, 90.0, **{"Pre Installed S/W": "SQL Std"}),
        made.aws_machine(P5, 33.0, TermType="Reserved"),
        made.aws_machine(P5, 31.464, MarketOption="CapacityBlock"),
        made.aws_machine(P5, 61.0, Location_Type="AWS Local Zone"),
        made.aws_machine(P5, 410.0, Currency="CNY"),
    ]
    lists.put(made.aws_path("AmazonEC2"), made.aws_list(*variants, made.aws_machine(P5, 58.8928)))
    found = of(read_aws(lists, web), P5)
    assert found == Quote("aws", P5, "eu-north-1", "hour", 58.8928, note="published 2026-11-20")


def test_aws_finds_services_by_usage_type_in_any_region(lists: Lists, web: Web) -> None:
    """`EUN1-`, `eu-north-1-` and nothing are all the region's; what only ends alike is something else."""
    lists.put(
        made.aws_path("AmazonEC2"),
        made.aws_list(
            made.aws_line("NAT Gateway", "EUN1-NatGateway-Hours", "Hrs", 0.046),
            made.aws_line("NAT Gateway", "EUN1-RegionalNatGateway-Hours", "Hrs", 0.05),
            made.aws_line("Storage", "EUN1-EBS:VolumeUsage.gp3", "GB-Mo", 0.0836),
        ),
    )
    lists.put(
        made.aws_path("awskms"),
        made.aws_list(made.aws_line("Encryption Key", "eu-north-1-KMS-Keys", "Keys", 1.0)),
    )
    answers = read_aws(lists, web)
    assert usd(answers, "NAT gateway") == 0.046
    assert usd(answers, "EBS gp3") == 0.0836
    assert usd(answers, "KMS customer key") == 1.0
    assert of(answers, "EKS control plane") == Gap(
        "aws", "EKS control plane", "eu-north-1", "AWS has no list of AmazonEKS for that region"
    )


def test_aws_takes_the_first_step_that_costs_something(lists: Lists, web: Web) -> None:
    """A free first step is no price, and a later, cheaper one is none either."""
    usage = "EUN1-DataProcessing-Bytes"
    steps = [
        made.aws_line("Data Payload", usage, "GB", 0, StartingRange="0", EndingRange="5"),
        made.aws_line("Data Payload", usage, "GB", 0.535, StartingRange="5", EndingRange="10240"),
        made.aws_line("Data Payload", usage, "GB", 0.25, StartingRange="10240"),
    ]
    lists.put(made.aws_path("AmazonEC2"), made.aws_list())
    lists.put(made.aws_path("AmazonCloudWatch"), made.aws_list(*steps))
    assert usd(read_aws(lists, web), "CloudWatch logs ingested") == 0.535


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], "no line"),
        ([made.aws_machine(P5, 0)], "at 0"),
        ([made.aws_machine(P5, 58.8928), made.aws_machine(P5, 60)], "several: 58.8928, 60 USD"),
        ([made.aws_machine(P5, 5889.28, Unit="100 Hrs")], "counts in '100 Hrs'"),
    ],
)
def test_a_doubtful_price_is_none(lists: Lists, web: Web, lines: list[dict[str, Any]], reason: str) -> None:
    """Missing, free, ambiguous, or in another unit: a gap with the reason, and no guess."""
    lists.put(made.aws_path("AmazonEC2"), made.aws_list(*lines))
    found = of(read_aws(lists, web), P5)
    assert isinstance(found, Gap)
    assert reason in found.reason


def test_a_wrong_address_is_no_missing_price(lists: Lists, web: Web) -> None:
    """Every region has machines: without their list, or with something else in its place, the run fails."""
    with pytest.raises(RefusedError, match="AmazonEC2"):
        read_aws(lists, web)
    for broken in (b"hello\n", b'"SKU","TermType"\n'):
        lists.put(made.aws_path("AmazonEC2"), broken)
        with pytest.raises(FeedError, match="no AWS price list"):
            read_aws(lists, web)
    lists.put(made.aws_path("AmazonEC2"), made.aws_list(made.aws_machine(P5, 1.0, PricePerUnit="a lot")))
    with pytest.raises(FeedError, match="numbers of a price"):
        read_aws(lists, web)


ND = "Standard_ND96isr_H100_v5"


def read_azure(lists: Lists, web: Web) -> list[Quote | Gap]:
    """Read one region."""
    lists.replies.setdefault("/prices", [Reply(b'{"Items": [], "NextPageLink": null}')])
    return list(azure.quotes(web, address(lists, "azure", "/prices"), ["westeurope"]))


def test_azure_reads_all_pages_at_our_address(lists: Lists, web: Web) -> None:
    """The next page is asked of our own address, also where the link names the original's."""
    other = {"Items": [made.azure_item(99, productName="Virtual Machines NDsr H100 v5 Series Windows")]}
    lists.put(
        made.azure_filter("armSkuName", ND),
        {**other, "NextPageLink": "https://prices.azure.com:443/x?$skip=100"},
    )
    lists.put("/prices?$skip=100", {"Items": [made.azure_item(127.816)], "NextPageLink": None})
    assert usd(read_azure(lists, web), ND) == 127.816


def test_azure_pages_in_a_circle_end(lists: Lists, web: Web) -> None:
    """A link that leads to itself is an error and not a loop."""
    lists.put("/prices", {"Items": [], "NextPageLink": f"{lists.url}/prices?$skip=0"})
    with pytest.raises(FeedError, match="circle"):
        read_azure(lists, web)


def test_azure_tells_kinds_and_products_apart(lists: Lists, web: Web) -> None:
    """Windows (` Win` too), Low Priority, Cloud Services, the future, expired meters and other regions do not count."""
    items = [
        made.azure_item(127.816),
        made.azure_item(38.3448, skuName="ND96isr H100 v5 Spot", meterName="ND96isr H100 v5 Spot"),
        made.azure_item(
            25.0, skuName="ND96isr H100 v5 Low Priority", meterName="ND96isr H100 v5 Low Priority"
        ),
        made.azure_item(136.6, productName="Virtual Machines NDsr H100 v5 Series Win"),
        made.azure_item(120.0, productName="NDsr H100 v5 Series Cloud Services"),
        made.azure_item(90.0, effectiveStartDate="2999-01-01T00:00:00Z"),
        made.azure_item(1.0, meterName="ND96isr H100 v5 Expired"),
        made.azure_item(98.32, armRegionName="eastus"),
        made.azure_item(70.0, type="Reservation"),
        made.azure_item(110.0, currencyCode="EUR"),
    ]
    lists.put(made.azure_filter("armSkuName", ND), {"Items": items})
    answers = read_azure(lists, web)
    assert usd(answers, ND) == 127.816
    assert usd(answers, ND, "spot") == 38.3448


def test_azure_finds_services(lists: Lists, web: Web) -> None:
    """A service is found by its meter; what the region's list lacks is a gap."""
    nat = {"armSkuName": "", "serviceName": "NAT Gateway", "skuName": "Standard"}
    items = [
        made.azure_item(0.045, **nat, meterName="Standard Gateway"),
        made.azure_item(0.045, **nat, meterName="Standard Data Processed", unitOfMeasure="1 GB"),
    ]
    lists.put(made.azure_filter("serviceName", "NAT Gateway"), {"Items": items})
    answers = read_azure(lists, web)
    assert usd(answers, "NAT gateway") == usd(answers, "NAT gateway data processed") == 0.045
    assert isinstance(of(answers, "public IPv4 address"), Gap)


def test_azure_asks_once_for_what_costs_the_same_everywhere(lists: Lists, web: Web) -> None:
    """A private endpoint stands in the list under `Global`: its price is any region's."""
    link = {"armSkuName": "", "serviceName": "Virtual Network", "armRegionName": "Global"}
    item = made.azure_item(
        0.01, **link, productName="Virtual Network Private Link", meterName="Standard Private Endpoint"
    )
    lists.put(made.azure_filter("serviceName", "Virtual Network", "Global"), {"Items": [item]})
    found = of(read_azure(lists, web), "private endpoint")
    assert isinstance(found, Quote)
    assert (found.region, found.usd) == ("any", 0.01)


@pytest.mark.parametrize(
    "page", [{"error": "x"}, {"Items": "none"}, {"Items": [{"retailPrice": 1}]}, {"Items": [3]}]
)
def test_azure_in_another_form_is_an_error(lists: Lists, web: Web, page: dict[str, Any]) -> None:
    """What is not the list's form is never read as an empty list."""
    lists.put("/prices", page)
    with pytest.raises(FeedError, match=r"Items|fields"):
        read_azure(lists, web)


COMPUTE = "/services/6F81-5844-456A/skus"


def read_gcp(lists: Lists, web: Web) -> list[Quote | Gap]:
    """Read one region."""
    lists.put("/services", made.SERVICES)
    for service in made.SERVICES["services"]:
        lists.replies.setdefault(f"/{service['name']}/skus", [Reply(b'{"skus": []}')])
    return list(gcp.quotes(web, address(lists, "gcp"), ["europe-west4"]))


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """Set a key."""
    monkeypatch.setenv("CAUSEWAY_GCP_API_KEY", "a-key")
    return "a-key"


def test_gcp_adds_a_machine_up_from_its_parts(lists: Lists, web: Web, key: str) -> None:
    """208 cores and 1872 GiB are the host of a3-highgpu-8g: 208 x 0.03 + 1872 x 0.002 = 9.984; its GPUs stand apart."""
    first = {
        "skus": [made.gcp_sku("A3 Instance Core running in Netherlands", 0.03)],
        "nextPageToken": "more",
    }
    second = {
        "skus": [
            made.gcp_sku("A3 Instance Ram running in Netherlands", 0.002, "GiBy.h"),
            made.gcp_sku("Nvidia H100 80GB GPU running in Netherlands", 12.735516),
        ],
    }
    lists.put(COMPUTE, first, second)
    answers = read_gcp(lists, web)
    assert usd(answers, "a3-highgpu-8g host") == pytest.approx(9.984)
    assert usd(answers, "gpu:H100") == pytest.approx(12.735516)
    tokens = [made.query(path)["pageToken"] for path, _ in lists.asked if COMPUTE in path and "more" in path]
    assert tokens == [["more"]]
    assert {headers["X-Goog-Api-Key"] for _, headers in lists.asked} == {key}
    assert not any(key in path for path, _ in lists.asked)


@pytest.mark.never_again
@pytest.mark.usefixtures("key")
def test_gcp_does_not_take_flex_start_for_on_demand(lists: Lists, web: Web) -> None:
    """Thread skypilot #8125: Defined Duration and Calendar Mode say OnDemand too; only `GPU running` is on demand."""
    skus = [
        made.gcp_sku(
            "Nvidia H100 80GB GPU attached to DWS Defined Duration VMs running in Netherlands", 4.200761
        ),
        made.gcp_sku("Nvidia H100 80GB GPU attached to DWS Calendar Mode VMs running in Netherlands", 5.1),
        made.gcp_sku("Nvidia H100 80GB Mega GPU running in Netherlands", 13.44756),
        made.gcp_sku("Nvidia H100 80GB GPU running in Netherlands", 12.735516),
        made.gcp_sku("Nvidia H100 80GB GPU running in Americas", 9.796551, regions=("us-central1",)),
        made.gcp_sku(
            "Nvidia H100 80GB GPU attached to Spot Preemptible VMs running in Netherlands",
            3.1,
            category={"usageType": "Preemptible"},
        ),
        made.gcp_sku(
            "Commitment v1: Nvidia H100 80GB GPU running in Netherlands",
            6.0,
            category={"usageType": "Commit1Yr"},
        ),
    ]
    lists.put(COMPUTE, {"skus": skus})
    answers = read_gcp(lists, web)
    assert usd(answers, "gpu:H100") == pytest.approx(12.735516)
    assert usd(answers, "gpu:H100-MEGA") == pytest.approx(13.44756)
    assert usd(answers, "gpu:H100", "spot") == pytest.approx(3.1)
    gap = of(answers, "a3-highgpu-8g host")
    assert isinstance(gap, Gap)
    assert "core:a3-highgpu and ram:a3-highgpu" in gap.reason


@pytest.mark.usefixtures("key")
def test_gcp_puts_the_accelerator_into_machines_that_the_table_has_whole(lists: Lists, web: Web) -> None:
    """g2-standard-4 is 4 x 0.025 + 16 x 0.003 + one L4 of 0.56 = 0.708: the L4 is inside, once."""
    skus = [
        made.gcp_sku("G2 Instance Core running in Netherlands", 0.025),
        made.gcp_sku("G2 Instance Ram running in Netherlands", 0.003, "GiBy.h"),
        made.gcp_sku("Nvidia L4 GPU running in Netherlands", 0.56),
    ]
    lists.put(COMPUTE, {"skus": skus})
    answers = read_gcp(lists, web)
    assert usd(answers, "g2-standard-4") == pytest.approx(0.708)
    assert usd(answers, "g2-standard-12 host") == pytest.approx(12 * 0.025 + 48 * 0.003)


@pytest.mark.usefixtures("key")
def test_gcp_skips_what_is_given_away(lists: Lists, web: Web) -> None:
    """The first step that costs something is the price."""
    money = {"currencyCode": "USD", "units": "0"}
    rates = [
        {"startUsageAmount": 0, "unitPrice": {**money, "nanos": 0}},
        {"startUsageAmount": 30, "unitPrice": {**money, "nanos": 110_000_000}},
    ]
    lists.put(
        COMPUTE, {"skus": [made.gcp_sku("Balanced PD Capacity in Netherlands", 0, "GiBy.mo", rates=rates)]}
    )
    assert usd(read_gcp(lists, web), "pd-balanced") == pytest.approx(0.11)


@pytest.mark.usefixtures("key")
def test_gcp_reads_the_three_prices_of_a_hyperdisk_and_no_variant(lists: Lists, web: Web) -> None:
    """Room, IOPS and MiB/s are read each for itself; a variant whose name begins alike is another thing."""
    sold = [("Capacity", 0.084, "GiBy.mo"), ("IOPS", 0.005, "mo"), ("Throughput", 0.042, "mo")]
    skus = [made.gcp_sku(f"Hyperdisk Balanced {part} in Netherlands", usd, unit) for part, usd, unit in sold]
    variant = made.gcp_sku("Hyperdisk Balanced IOPS Confidential Mode in Netherlands", 0.001, "mo")
    lists.put(COMPUTE, {"skus": [*skus, variant]})
    answers = read_gcp(lists, web)
    parts = ("hyperdisk-balanced", "hyperdisk-balanced IOPS", "hyperdisk-balanced throughput")
    assert [usd(answers, part) for part in parts] == pytest.approx([0.084, 0.005, 0.042])


def test_gcp_without_a_key_says_which_variable(
    lists: Lists, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is asked without a key."""
    monkeypatch.delenv("CAUSEWAY_GCP_API_KEY", raising=False)
    with pytest.raises(FeedError, match="CAUSEWAY_GCP_API_KEY"):
        read_gcp(lists, web)
    assert lists.asked == []


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("page", [{"error": {}}, {"skus": [{"skuId": "X"}]}, {"skus": 3}])
def test_gcp_in_another_form_is_an_error(lists: Lists, web: Web, page: dict[str, Any]) -> None:
    """What is not the catalogue's form is never read as an empty one."""
    lists.put(COMPUTE, page)
    with pytest.raises(FeedError, match=r"list of skus|fields of a price"):
        read_gcp(lists, web)
