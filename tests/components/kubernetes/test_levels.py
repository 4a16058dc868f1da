"""What a fabric needs of a node decides how strict its workload's namespace is."""

import pytest

from components.kubernetes import fabric as wiring
from components.kubernetes.pods import Place, security
from components.kubernetes.tenancy import rights
from infra.catalog import fabrics, machines

ALL = sorted({one.link.fabric for one in machines.all() if one.link})


@pytest.mark.parametrize("name", ALL)
def test_a_namespace_is_as_open_as_its_pods_need(name: str) -> None:
    """A pod with more than `restricted` allows is in a namespace that lets it in, and no other namespace is open."""
    machine = next(one for one in machines.all() if one.link and one.link.fabric == name)
    place = Place("it", machine, fabric=True)
    added = set(security(place)["capabilities"].get("add", ())) - {"NET_BIND_SERVICE"}
    fabric = fabrics.get(name)
    needs = bool(added or fabric.host_network or fabric.daemon or fabric.windows)
    assert rights(place, {})["privileged"] is needs
    assert wiring.privileged(fabric) is needs


def test_a_pool_without_a_fabric_stays_restricted() -> None:
    """The same machine that serves alone gets a namespace of the strictest level."""
    machine = machines.get("onprem", "hgx-h100")
    assert rights(Place("it", machine, fabric=False), {})["privileged"] is False
    assert rights(Place("it", machine, fabric=True), {})["privileged"] is True
