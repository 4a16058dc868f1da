"""EC2's interface layout, type by type."""

import pytest

from infra.catalog import fabric, machines, pods
from infra.catalog.rows import UnknownFactError

LAYOUTS = {
    "p4d.24xlarge": (4, [(0, 1), *((card, 0) for card in range(1, 4))]),
    "p5.48xlarge": (32, [(0, 1), *((card, 0) for card in range(1, 32))]),
    "p5en.48xlarge": (16, [(0, 1), *((card, 0) for card in range(1, 16))]),
    "p6-b200.48xlarge": (8, [(0, 1), *((card, 0) for card in range(1, 8))]),
    "p6-b300.48xlarge": (16, [(card, 0) for card in range(1, 17)]),
    "g6e.48xlarge": (4, [(0, 1), (1, 0), (2, 0), (3, 0)]),
    "trn1.32xlarge": (8, [(0, 1), *((card, 0) for card in range(1, 8))]),
    "g5.8xlarge": (1, [(0, 1)]),
}


@pytest.mark.never_again
@pytest.mark.parametrize("name", LAYOUTS)
def test_efa_sits_where_the_card_holds_it(name: str) -> None:
    """Card 0 keeps a plain primary; EFAs follow (aws-parallelcluster #7143, eksctl #7520 and #8692, TFE #3653)."""
    count, places = LAYOUTS[name]
    primary, *efas = fabric.interfaces(machines.get("aws", name))
    assert (primary.card, primary.device, primary.kind) == (0, 0, "interface")
    assert [(efa.card, efa.device) for efa in efas] == places
    assert {efa.kind for efa in efas} == {"efa-only"}
    assert len(efas) == count


@pytest.mark.parametrize("machine", machines.all("aws"), ids=lambda m: m.name)
def test_no_card_holds_more_than_its_slots(machine: machines.Machine) -> None:
    """A layout never uses a device index that the card does not have, nor the same place twice."""
    if machine.cards is None:
        return
    places = [(i.card, i.device) for i in fabric.interfaces(machine)]
    assert len(set(places)) == len(places)
    assert all(card < machine.cards.count and device < machine.cards.slots for card, device in places)


def test_without_fabric_a_node_has_one_interface() -> None:
    """A p5 that does not join its fabric is launched like any other machine."""
    assert len(fabric.interfaces(machines.get("aws", "p5.48xlarge"), fabric=False)) == 1


@pytest.mark.parametrize("name", ["p6e-gb200.36xlarge", "trn2.48xlarge"])
def test_a_layout_that_nobody_published_is_refused(name: str) -> None:
    """What no source gives is an error with the reason, not a guess."""
    with pytest.raises(UnknownFactError, match=name):
        fabric.interfaces(machines.get("aws", name))


def test_an_efa_on_card_0_costs_pods() -> None:
    """A p5 node falls from 100 pods to 51 with its EFA; p6-b300, whose card 0 has none, keeps 198."""
    p5, b300 = machines.get("aws", "p5.48xlarge"), machines.get("aws", "p6-b300.48xlarge")
    assert (pods.pods_per_node(p5, fabric=False), pods.pods_per_node(p5)) == (100, 51)
    assert pods.pods_per_node(b300) == 198
