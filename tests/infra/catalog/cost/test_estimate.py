"""What resources cost: sums that a person worked out by hand."""

from typing import Any

import pytest

from infra.catalog.cost.aws import template
from infra.catalog.cost.charge import Place, Template
from infra.catalog.cost.egress import Egress, compare
from infra.catalog.cost.estimate import ESTIMATORS, estimate
from infra.catalog.cost.free import is_free
from infra.catalog.cost.ledger import Ledger
from infra.catalog.cost.line import Free, Line, Metered, Priced, Span, Undecided, Unpriced
from infra.catalog.values import UNKNOWN

GROUP = "aws:eks/nodeGroup:NodeGroup"


def total(lines: tuple[Line, ...]) -> Span:
    """Add up what is priced."""
    ledger = Ledger()
    ledger.enter("urn", lines)
    return ledger.total()


def scaled(machine: str, low: int, now: int, high: int) -> dict[str, Any]:
    """Make a node group between two sizes."""
    return {
        "instanceTypes": [machine],
        "scalingConfig": {"minSize": low, "desiredSize": now, "maxSize": high},
    }


BY_HAND: list[tuple[str, str, dict[str, Any], str, float]] = [
    ("p5.48xlarge: 55.04 x 730", "aws:ec2/instance:Instance", {"instanceType": "p5.48xlarge"}, "us-east-1", 40_179.20),
    (
        "a3-highgpu-8g: (9.93306 host + 8 x 12.735516 H100) x 730",
        "gcp:compute/instance:Instance",
        {"machineType": "a3-highgpu-8g"},
        "europe-west4-b",
        81_626.54724,
    ),
    (
        "ND96isr H100 v5: 127.816 x 730",
        "azure-native:containerservice:AgentPool",
        {"vmSize": "Standard_ND96isr_H100_v5", "count": 1, "osDiskType": "Ephemeral"},
        "westeurope",
        93_305.68,
    ),
    (
        "g2-standard-4: 0.708 x 730, its L4 inside and not again",
        "gcp:compute/instance:Instance",
        {"machineType": "g2-standard-4"},
        "us-central1",
        516.84,
    ),
    ("control plane: 0.10 x 730", "aws:eks/cluster:Cluster", {}, "us-east-1", 73.00),
    ("100 GB of gp3: 100 x 0.08", "aws:ebs/volume:Volume", {"size": 100}, "us-east-1", 8.00),
    ("port: 0.30 x 730", "aws:directconnect/connection:Connection", {"bandwidth": "1Gbps"}, "us-east-1", 219.00),
    ("three zones: 3 x 0.01 x 730", "aws:ec2/vpcEndpoint:VpcEndpoint",
     {"vpcEndpointType": "Interface", "subnetIds": ["a", "b", "c"]}, "us-east-1", 21.90),
    ("address: 0.005 x 730", "aws:ec2/eip:Eip", {}, "eu-north-1", 3.65),
    ("5 Gbps: 0.10 x 730", "gcp:compute/interconnectAttachment:InterconnectAttachment",
     {"bandwidth": "BPS_5G"}, "us-central1", 73.00),
    ("20 Gbps: 0.20 x 730", "gcp:compute/interconnectAttachment:InterconnectAttachment",
     {"bandwidth": "BPS_20G"}, "us-central1", 146.00),
    ("tunnel: 0.05 x 730", "gcp:compute/vPNTunnel:VPNTunnel", {}, "us-central1", 36.50),
    ("18,000 GiB at 500: 18000 x 0.34", "gcp:lustre/instance:Instance",
     {"capacityGib": "18000", "perUnitStorageThroughput": "500"}, "us-central1-a", 6_120.00),
    ("VpnGw1AZ: 0.21 x 730", "azure-native:network:VirtualNetworkGateway",
     {"gatewayType": "Vpn", "sku": {"name": "VpnGw1AZ"}}, "eastus", 153.30),
    ("circuit of a provider: 3400", "azure-native:network:ExpressRouteCircuit",
     {"sku": {"tier": "Standard", "family": "MeteredData"},
      "serviceProviderProperties": {"bandwidthInMbps": 10000}}, "westeurope", 3_400.00),
    ("a connection of a circuit is paid with it", "azure-native:network:VirtualNetworkGatewayConnection",
     {"connectionType": "ExpressRoute"}, "westeurope", 0.0),
    ("two circuits: 2 x 2.328 x 730", "gcp:compute/interconnect:Interconnect",
     {"linkType": "LINK_TYPE_ETHERNET_10G_LR", "requestedLinkCount": 2}, "europe-west4", 3_398.88),
    ("100 Gbps: 1 x 730", "gcp:compute/interconnectAttachment:InterconnectAttachment",
     {"type": "DEDICATED", "bandwidth": "BPS_100G"}, "us-central1", 730.00),
    ("a partner's 500 Mbps: 0.1736 x 730", "gcp:compute/interconnectAttachment:InterconnectAttachment",
     {"type": "PARTNER", "bandwidth": "BPS_500M"}, "us-central1", 126.728),
    ("hyperdisk, 100 GB as it comes: 100 x 0.08 + 600 x 0.005 + 150 x 0.04", "gcp:compute/disk:Disk",
     {"type": "hyperdisk-balanced", "size": 100}, "us-central1-a", 17.00),
    ("hyperdisk within its free base: 100 x 0.08", "gcp:compute/disk:Disk",
     {"type": "hyperdisk-balanced", "size": 100, "provisionedIops": 3000, "provisionedThroughput": 140},
     "us-central1-a", 8.00),
    ("hyperdisk, 10,000 IOPS and 500 MiB/s: 100 x 0.08 + 7000 x 0.005 + 360 x 0.04", "gcp:compute/disk:Disk",
     {"type": "hyperdisk-balanced", "size": 100, "provisionedIops": 10000, "provisionedThroughput": 500},
     "us-central1-a", 57.40),
    ("P15 in West Europe", "azure-native:compute:Disk",
     {"diskSizeGB": 256, "sku": {"name": "Premium_LRS"}}, "westeurope", 41.82),
    ("a circuit of an own port is paid with it", "azure-native:network:ExpressRouteCircuit",
     {"sku": {"tier": "Standard", "family": "MeteredData"}, "bandwidthInGbps": 10}, "westeurope", 0.0),
    ("a tunnel is paid with its gateway", "azure-native:network:VirtualNetworkGatewayConnection",
     {"connectionType": "IPsec"}, "eastus", 0.0),
    ("400 Gbps: 85 x 730", "aws:directconnect/connection:Connection", {"bandwidth": "400Gbps"}, "eu-west-1", 62_050.0),
    ("10 Gbps in Tokyo: 2.142 x 730", "aws:directconnect/connection:Connection",
     {"bandwidth": "10Gbps"}, "ap-northeast-1", 1_563.66),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kind", "props", "region", "usd"), BY_HAND, ids=lambda value: str(value)[:60]
)
def test_a_month_costs_what_the_hand_says(
    name: str, kind: str, props: dict[str, Any], region: str, usd: float
) -> None:
    """The sum of the lines equals the arithmetic in the row's name, to a hundredth of a cent."""
    assert total(estimate(kind, props, Place(region))).expected == pytest.approx(usd, abs=1e-4)


def test_a_pool_costs_between_its_smallest_and_its_largest() -> None:
    """Autoscaling gives a range: raising the most from 4 to 40 adds 36 x 58.8928 x 730 = 1,547,702.784 at most."""
    four = total(estimate(GROUP, scaled("p5.48xlarge", 0, 1, 4), Place("eu-north-1")))
    forty = total(estimate(GROUP, scaled("p5.48xlarge", 0, 1, 40), Place("eu-north-1")))
    assert four.low == 0
    assert four.expected == forty.expected == pytest.approx(58.8928 * 730)
    assert forty.high - four.high == pytest.approx(1_547_702.784)


def test_a_launch_template_gives_the_machine_and_its_disks() -> None:
    """A pool whose template names the machine pays the dearest of the templates that it may use, disks included."""
    place = Place("us-east-1", (Template("p5.48xlarge", disks=(("gp3", 200),)), Template("g5.xlarge")))
    pool = {"scalingConfig": {"minSize": 2, "desiredSize": 2, "maxSize": 2}}
    assert total(estimate(GROUP, pool, place)).expected == pytest.approx(2 * (40_179.20 + 200 * 0.08))


@pytest.mark.parametrize(
    ("kind", "props", "region", "path"),
    [
        ("aws:ec2/instance:Instance", {"instanceType": UNKNOWN}, "us-east-1", "instanceType"),
        ("aws:ec2/instance:Instance", {"instanceType": "p5.48xlarge"}, UNKNOWN, "region"),
        (GROUP, {"instanceTypes": ["p5.48xlarge"], "scalingConfig": UNKNOWN}, "us-east-1", "scalingConfig"),
        (
            "gcp:container/nodePool:NodePool",
            {"nodeConfig": UNKNOWN, "nodeCount": 1},
            "us-central1",
            "nodeConfig.machineType",
        ),
        (
            "azure-native:containerservice:AgentPool",
            {"vmSize": "Standard_D8s_v5", "count": UNKNOWN},
            "westeurope",
            "count",
        ),
        (
            "gcp:compute/interconnectAttachment:InterconnectAttachment",
            {"type": "PARTNER"},
            "us-central1",
            "bandwidth",
        ),
        (
            "gcp:compute/interconnectAttachment:InterconnectAttachment",
            {"type": UNKNOWN, "bandwidth": "BPS_10G"},
            "us-central1",
            "type",
        ),
    ],
)
def test_an_unknown_property_leaves_the_price_open(
    kind: str, props: dict[str, Any], region: Any, path: str
) -> None:
    """What decides the price and is not known gives an undecided line that names the property, not a sum."""
    lines = estimate(kind, props, Place(region))
    assert [line.path for line in lines if isinstance(line, Undecided)] == [path]
    assert total(lines) == Span(0, 0, 0)


def test_boot_disks_that_are_hyperdisks_pay_for_speed_beyond_the_free_base() -> None:
    """Two nodes with 200 GB each: 400 x 0.08 of room, 2 x 1,200 x 0.005 of IOPS, 2 x 300 x 0.04 of MiB/s: 68 USD."""
    node = {"machineType": "e2-standard-8", "diskType": "hyperdisk-balanced", "diskSizeGb": 200}
    _, *disks = estimate(
        "gcp:container/nodePool:NodePool", {"nodeCount": 2, "nodeConfig": node}, Place("us-central1")
    )
    assert [line.item for line in disks] == [
        "hyperdisk-balanced",
        "hyperdisk-balanced IOPS",
        "hyperdisk-balanced throughput",
    ]
    assert total(tuple(disks)).expected == pytest.approx(68.0)


def test_the_speed_of_a_hyperdisk_that_is_not_known_leaves_that_part_open() -> None:
    """Room is priced; IOPS that hang on another resource are undecided and name their property."""
    disk = {
        "type": "hyperdisk-balanced",
        "size": 100,
        "provisionedIops": UNKNOWN,
        "provisionedThroughput": 140,
    }
    room, iops = estimate("gcp:compute/disk:Disk", disk, Place("us-central1-a"))
    assert isinstance(room, Priced)
    assert isinstance(iops, Undecided)
    assert iops.path == "provisionedIops"


def test_what_a_port_or_a_gateway_includes_is_free_with_a_reason() -> None:
    """An own pair of ports includes a Standard circuit but no Premium one; a gateway includes ten tunnels."""
    circuit = {"sku": {"tier": "Standard", "family": "MeteredData"}, "bandwidthInGbps": 10}
    premium = {**circuit, "sku": {"tier": "Premium", "family": "MeteredData"}}
    kind = "azure-native:network:ExpressRouteCircuit"
    assert isinstance(estimate(kind, circuit, Place("westeurope"))[0], Free)
    assert isinstance(estimate(kind, premium, Place("westeurope"))[0], Unpriced)
    tunnel, eleventh, _ = estimate(
        "azure-native:network:VirtualNetworkGatewayConnection", {"connectionType": "IPsec"}, Place("eastus")
    )
    assert isinstance(tunnel, Free)
    assert isinstance(eleventh, Metered)
    assert eleventh.unit_usd == pytest.approx(0.015)


def test_a_region_without_a_price_is_unpriced_with_a_guide() -> None:
    """A NAT gateway in Ireland has no price of its own; 0.046 x 730 = 33.58 elsewhere says how much may be missing."""
    (line, use) = estimate("aws:ec2/natGateway:NatGateway", {}, Place("eu-west-1"))
    assert isinstance(line, Unpriced)
    assert "eu-west-1" in line.reason
    assert line.guide is not None
    assert line.guide.expected == pytest.approx(33.58)
    assert isinstance(use, Metered)


@pytest.mark.parametrize(
    ("kind", "props", "region", "reason"),
    [
        (
            "aws:ec2/instance:Instance",
            {"instanceType": "p5.48xlarge"},
            "af-south-1",
            "no source that was read",
        ),
        ("gcp:compute/instance:Instance", {"machineType": "a3-highgpu-8g"}, "asia-southeast1-b", "gpu:H100"),
        (
            "azure-native:containerservice:AgentPool",
            {"vmSize": "Standard_ND96isr_H100_v5", "count": 1, "osDiskType": "Ephemeral"},
            "norwaywest",
            "no source that was read",
        ),
    ],
)
def test_a_machine_is_unpriced_where_no_list_has_it(
    kind: str, props: dict[str, Any], region: str, reason: str
) -> None:
    """No other region's price stands in for it: the line says why, and what it may cost at most elsewhere."""
    (line,) = estimate(kind, props, Place(region))
    assert isinstance(line, Unpriced)
    assert reason in line.reason
    assert line.guide is not None
    assert line.guide.expected > 0
    assert total((line,)) == Span(0, 0, 0)


def test_a_type_that_nobody_priced_is_unpriced() -> None:
    """A cloud's type without an estimator is never taken for free."""
    (line,) = estimate("aws:rds/cluster:Cluster", {}, Place("us-east-1"))
    assert isinstance(line, Unpriced)


def test_own_machines_are_free_with_a_reason() -> None:
    """What runs on this machine costs nothing here, and the line says why."""
    (line,) = estimate("localhost:index:Job", {}, Place("local"))
    assert isinstance(line, Free)
    assert "own machine" in line.reason


def test_no_type_is_priced_and_free() -> None:
    """A type has an estimator, or stands among the free ones, not both."""
    assert [kind for kind in ESTIMATORS if not kind.startswith("localhost:") and is_free(kind)] == []


def test_a_line_says_where_its_price_comes_from() -> None:
    """Every priced line has a source and a date."""
    for _, kind, props, region, _ in BY_HAND:
        for line in estimate(kind, props, Place(region)):
            if isinstance(line, Priced):
                assert line.source
                assert line.as_of


TARGET = {"capacityReservationTarget": {"capacityReservationId": "cr-0123456789abcdef0"}}
RESERVED = {"capacityReservationSpecification": TARGET}
UNSEEN = {"capacityReservationSpecification": {"capacityReservationTarget": UNKNOWN}}
BLOCK = {**RESERVED, "instanceMarketOptions": {"marketType": "capacity-block"}}


@pytest.mark.parametrize(
    ("bought", "templates", "item"),
    [
        ("ON_DEMAND", [RESERVED], "p5.48xlarge, reserved"),
        ("ON_DEMAND", [UNSEEN], "p5.48xlarge, reserved"),
        ("ON_DEMAND", [{}], "p5.48xlarge"),
        ("ON_DEMAND", [], "p5.48xlarge"),
        ("ON_DEMAND", [RESERVED, {}], "p5.48xlarge"),
        ("SPOT", [RESERVED], "p5.48xlarge, spot"),
        ("CAPACITY_BLOCK", [BLOCK], "p5.48xlarge, capacity-block"),
    ],
    ids=["reserved", "unseen", "plain", "none", "either", "spot", "block"],
)  # fmt: skip
def test_a_pool_is_bought_as_its_launch_template_says(
    bought: str, templates: list[dict[str, Any]], item: str
) -> None:
    """EKS calls a pool on a reservation ON_DEMAND: the template knows better; of two that differ neither counts."""
    place = Place("eu-north-1", tuple(map(template, templates)))
    (line, *_) = estimate(GROUP, {**scaled("p5.48xlarge", 8, 8, 8), "capacityType": bought}, place)
    assert isinstance(line, Priced | Unpriced)
    assert line.item == item


def test_a_reservation_is_paid_like_a_running_machine_and_says_so() -> None:
    """Its price is the on-demand one, with the source of that rule; a machine bought on demand has nothing to say."""
    machine = {"instanceType": "p5.48xlarge"}
    (held,) = estimate("aws:ec2/instance:Instance", {**machine, **RESERVED}, Place("us-east-1"))
    (plain,) = estimate("aws:ec2/instance:Instance", machine, Place("us-east-1"))
    assert isinstance(held, Priced)
    assert isinstance(plain, Priced)
    assert (held.item, held.unit_usd) == ("p5.48xlarge, reserved", plain.unit_usd)
    assert held.basis == "the on-demand price, charged like a running machine, used or not"
    assert "capacity-reservations" in held.source
    assert plain.basis == ""


def test_entering_a_resource_again_replaces_it() -> None:
    """A ledger counts a resource once, whatever it cost before, and by the team that pays now."""
    ledger = Ledger()
    ledger.enter(
        "a",
        estimate("aws:ec2/instance:Instance", {"instanceType": "p5.48xlarge"}, Place("us-east-1")),
        "research",
    )
    ledger.enter("a", estimate("aws:eks/cluster:Cluster", {}, Place("us-east-1")), "platform")
    assert ledger.total().expected == pytest.approx(73.0)
    assert ledger.by_team()["research"].expected == pytest.approx(0.0)
    assert ledger.by_team()["platform"].expected == pytest.approx(73.0)


def test_a_link_pays_for_itself_from_three_terabytes() -> None:
    """1 Gbps in us-east-1: 219 + 10,240 x 0.02 = 423.80 against 921.60; even at 219 / 0.07 = 3,128.57 GB."""
    ways = compare("aws", "us-east-1", 0.30 * 730)
    assert isinstance(ways, Egress)
    assert list(ways.monthly(10_240)) == pytest.approx([423.80, 921.60])
    assert ways.break_even == pytest.approx(3_128.571428)


def test_links_of_other_clouds_are_compared_too() -> None:
    """Google in Europe: 3,400 / (0.12 - 0.02) = 34,000 GB; Azure in West Europe: 6,200 / (0.087 - 0.025) = 100,000."""
    google, azure = compare("gcp", "europe-west4", 3_400), compare("azure", "westeurope", 6_200)
    assert isinstance(google, Egress)
    assert isinstance(azure, Egress)
    assert (google.break_even, azure.break_even) == pytest.approx((34_000, 100_000))


@pytest.mark.parametrize(
    ("region", "usd"),
    [
        ("us-central1", 0.02),
        ("northamerica-northeast1", 0.02),
        ("europe-west4", 0.02),
        ("asia-northeast1", 0.042),
        ("asia-south1", 0.045),
        ("asia-southeast2", 0.0484),
        ("southamerica-east1", 0.11),
        ("me-west1", 0.09),
    ],
)
def test_a_link_of_google_is_paid_by_part_of_the_world(region: str, usd: float) -> None:
    """India and Indonesia have prices of their own in Asia, as Google's page has them."""
    circuit = {"linkType": "LINK_TYPE_ETHERNET_10G_LR"}
    _, data = estimate("gcp:compute/interconnect:Interconnect", circuit, Place(region))
    assert isinstance(data, Metered)
    assert data.unit_usd == pytest.approx(usd)


def test_a_link_that_saves_nothing_never_pays() -> None:
    """Where the internet is as cheap, no traffic is enough."""
    assert Egress(219, 0.09, 0.09).break_even == float("inf")


def test_a_link_without_a_price_says_which() -> None:
    """A price that nobody published is named, not guessed."""
    text = compare("gcp", "northamerica-south1", 1_700)
    assert isinstance(text, str)
    assert "through the link from northamerica-south1" in text
