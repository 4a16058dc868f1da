"""What Karpenter may buy is on the bill before it is bought."""

from typing import Any

import pytest

from infra.catalog import prices
from infra.catalog.cost.charge import Place
from infra.catalog.cost.estimate import estimate
from infra.catalog.cost.line import Priced, Undecided, Unpriced
from infra.catalog.values import UNKNOWN

POOL = "kubernetes:karpenter.sh/v1:NodePool"
HERE = Place("eu-north-1")


def pool(kinds: Any, limits: Any, machine: str = "g6e.12xlarge") -> dict[str, Any]:
    """Give the inputs of a pool."""
    requirements = [
        {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": [machine]},
        {"key": "karpenter.sh/capacity-type", "operator": "In", "values": kinds},
    ]
    return {"spec": {"template": {"spec": {"requirements": requirements}}, "limits": limits}}


@pytest.mark.parametrize(
    "limits", [{"nvidia.com/gpu": "16"}, {"cpu": "192"}, {"nvidia.com/gpu": "99", "cpu": "192"}]
)
def test_a_pool_is_priced_at_its_limit(limits: dict[str, str]) -> None:
    """Sixteen GPUs or 192 processors are four g6e.12xlarge; on-demand machines may stand in, so their price counts."""
    (line,) = estimate(POOL, pool(["spot", "on-demand"], limits), HERE)
    price = prices.lookup("aws", "g6e.12xlarge", "eu-north-1")
    assert isinstance(line, Priced)
    assert isinstance(price, prices.Price)
    assert (line.item, line.basis) == (
        "g6e.12xlarge, spot or on-demand",
        "the on-demand price, the dearer one",
    )
    assert line.monthly.low == 0
    assert line.monthly.expected == line.monthly.high == pytest.approx(4 * 730 * price.usd)


def test_spot_without_a_price_is_unpriced() -> None:
    """Spot alone takes no discount that nobody published: it is named, with how many there may be."""
    (line,) = estimate(POOL, pool(["spot"], {"nvidia.com/gpu": "16"}), HERE)
    assert isinstance(line, Unpriced)
    assert line.quantity
    assert line.quantity.high == 4


@pytest.mark.parametrize("limits", [None, {}, {"memory": "1Ti"}])
def test_a_pool_without_a_bound_is_unpriced(limits: Any) -> None:
    """Nothing bounds it, so no number would be true."""
    (line,) = estimate(POOL, pool(["on-demand"], limits), HERE)
    assert isinstance(line, Unpriced)


def test_unknown_and_unlisted_machines_are_said() -> None:
    """An unknown requirement leaves the line open; a machine that the fact table lacks is unpriced."""
    (line,) = estimate(POOL, {"spec": {"template": {"spec": {"requirements": UNKNOWN}}}}, HERE)
    assert isinstance(line, Undecided)
    (line,) = estimate(POOL, pool(["on-demand"], {"cpu": "192"}, "x9.mega"), HERE)
    assert isinstance(line, Unpriced)
