"""What a bill buys: steps, tokens, idle pools, links and rings, from recorded previews."""

import json
from typing import Any

import pytest

from console.cost import said
from console.cost.bills import column
from console.cost.command import document
from console.cost.work import of
from console.plan import markdown
from console.plan.make import make
from console.plan.recording import Recording
from infra.catalog.cost.crossing import Crossing
from infra.catalog.cost.egress import Egress
from infra.catalog.cost.useful import Worth
from tests.console.plan.made import P5, POOL, created, environment, pool, state, step

LINK = "causeway:index:Interconnect"
PORT = "aws:directconnect/connection:Connection"
TUNNEL = "aws:ec2/vpnConnection:VpnConnection"
RULE = "kubernetes:nfd.k8s-sigs.io/v1alpha1:NodeFeatureRule"


def named(name: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Label a pool's nodes as the components do."""
    return {**inputs, "labels": {"causeway/pool": name}}


def promised(**budget: Any) -> dict[str, Any]:
    """Give an environment with more terms in its budget."""
    event = environment()
    record = event["resourcePreEvent"]["metadata"]["new"]
    record["inputs"]["budget"] = {"monthlyUsd": 400_000, **budget}
    return event


def configured(**settings: Any) -> dict[str, Any]:
    """Give the configuration as the engine tells it first."""
    return {
        "preludeEvent": {"config": {f"causeway:{key}": json.dumps(value) for key, value in settings.items()}}
    }


def text(recording: Recording) -> str:
    """Give all lines for people."""
    return "\n".join(line for _, line in said.lines(of(recording)))


def test_a_pool_costs_by_the_hour_the_step_and_the_token() -> None:
    """Two p5 at 55.04: 110.08 an hour, 6.88 an accelerator; 1,000 steps an hour; 10,000 tokens/s are 36 M an hour."""
    rates = {"train": {"stepsPerHour": 1000, "tokensPerSecond": 10_000}}
    found = of(Recording((promised(rates=rates), created(POOL, "train", named("train", pool(2))))))
    (cost,) = found.pools
    assert isinstance(cost.worth, Worth)
    assert cost.worth.hour == pytest.approx(2 * P5)
    assert cost.worth.gpu_hour == pytest.approx(P5 / 8)
    assert cost.worth.thousand_steps == pytest.approx(2 * P5)
    assert cost.worth.million_tokens == pytest.approx(2 * P5 / 36)
    assert cost.accelerators == 16


def test_a_pool_that_never_scales_down_has_an_idle_price() -> None:
    """One of the two stays when nobody uses them: 40,179.20 a month; what scales to nothing idles for nothing."""
    stays = created(POOL, "train", named("train", pool(2, low=1)))
    goes = created(POOL, "serve", named("serve", pool(1, low=0, machine="g6.xlarge")))
    host = created(POOL, "system", named("system", pool(3, machine="m7i.xlarge")))
    found = of(Recording((environment(), stays, goes, host)))
    assert [(cost.pool, round(cost.idle, 2)) for cost in found.idle] == [("train", 40_179.20)]
    assert [cost.pool for cost in found.pools] == ["serve", "train"]


def test_a_pool_without_a_price_or_a_machine_says_so() -> None:
    """An unpriced machine, and a pool of no machine, have no price of their work, and the line says why."""
    unsold = created(POOL, "train", named("train", pool(2, machine="p5e.48xlarge")))
    empty = created(POOL, "serve", named("serve", pool(0, high=4, machine="g6.xlarge")))
    told = text(Recording((environment(), unsold, empty)))
    assert "train: p5e.48xlarge has no price" in told
    assert "serve: it has no machine as declared" in told


def test_a_link_says_from_when_it_pays() -> None:
    """0.30 x 730 + 0.05 x 730 = 255.50 a month; 0.02 against 0.09 a GB: even at 3,650 GB."""
    parent = state(LINK, "home")
    inside = {"parent": parent["urn"]}
    events = (
        environment(),
        step("create", None, parent),
        created(PORT, "home-a", {"bandwidth": "1Gbps"}, **inside),
        created(TUNNEL, "home-tunnel", {}, **inside),
    )
    (link,) = of(Recording(events)).links
    assert isinstance(link.ways, Egress)
    assert link.name == "home"
    assert [link.ways.fixed, link.ways.break_even] == pytest.approx([255.50, 3650])
    assert "cheaper from 3.7 TB a month on" in text(Recording(events))


def test_a_link_whose_port_has_no_price_is_not_compared() -> None:
    """What costs most is missing, so no break-even would be true; a part that is missing beside it makes a floor."""
    parent = state(LINK, "home")
    inside = {"parent": parent["urn"]}
    made = (environment(), step("create", None, parent))
    dark = created(PORT, "home-a", {"bandwidth": "25Gbps"}, **inside)
    assert "not compared with the internet: Direct Connect 25Gbps port has no price" in text(
        Recording((*made, dark))
    )
    accepted = "aws:directconnect/connectionConfirmation:ConnectionConfirmation"
    carried = created(accepted, "home-a", {"connectionId": "dxcon-fg5678gh"}, **inside)
    assert "not compared with the internet: Direct Connect hosted connection has no price" in text(
        Recording((*made, carried))
    )
    far = created("aws:ec2/unheardOf:Thing", "home-b", {}, **inside)
    port = created(PORT, "home-a", {"bandwidth": "1Gbps"}, **inside)
    assert "more, as there is no price of aws:ec2/unheardOf:Thing" in text(Recording((*made, port, far)))


def test_a_ring_over_zones_has_a_price_a_step() -> None:
    """A llama-8b in float32 is 32 GB of gradients: over two zones about 2 x 2 x 15/16 x 32 GB pass, both ways paid."""
    settings = configured(
        training={"store": "a", "options": {"model": "llama-8b"}},
        cluster={"pools": {"train": {"purpose": "training"}, "serve": {"purpose": "serving"}}},
    )
    spread = {**named("train", pool(2)), "subnetIds": ["a", "b"]}
    other = {**named("serve", pool(2, machine="g6.xlarge")), "subnetIds": ["a", "b"]}
    recording = Recording(
        (settings, environment(), created(POOL, "train", spread), created(POOL, "serve", other))
    )
    (ring,) = of(recording).rings
    assert isinstance(ring.step, Crossing)
    assert (ring.pool, ring.zones) == ("train", 2)
    assert 95 < ring.step.gigabytes < 130
    assert ring.step.usd == pytest.approx(ring.step.gigabytes * 0.02)
    near = Recording((settings, environment(), created(POOL, "train", {**spread, "subnetIds": ["a"]})))
    assert of(near).rings == ()


def test_own_machines_show_what_their_hour_is_made_of() -> None:
    """350,400 / (4 x 8,760) = 10 USD of purchase, 10.2 kW x 0.20 = 2.04 of power; without a list they are paid."""
    own = {
        "usdPerKwh": 0.20,
        "years": 4,
        "asOf": "2026-11-01",
        "machines": {"dgx-h100": {"purchaseUsd": 350_400}},
    }
    hosts = [{"feature": "system.name", "matchExpressions": {"nodename": {"op": "In", "value": ["a", "b"]}}}]
    labels = {"causeway/machine": "dgx-h100", "causeway/pool": "train"}
    rule = created(RULE, "pool-train", {"spec": {"rules": [{"labels": labels, "matchFeatures": hosts}]}})
    priced = Recording((promised(own=own), rule))
    assert "dgx-h100: 12.0400 USD an hour, 10.0000 of its purchase and 2.0400 of power" in text(priced)
    assert column("site", priced, "site").bill.after.expected == pytest.approx(2 * 730 * 12.04)
    assert "2 x dgx-h100: own machine, taken as paid" in text(Recording((environment(), rule)))


def test_money_held_back_for_nothing_is_told_on_every_page() -> None:
    """A misspelt name says which item was meant, one with a price that it has one; what counts is said to count."""
    lustre = created(
        "aws:fsx/lustreFileSystem:LustreFileSystem",
        "fs",
        {"storageCapacity": 1200, "perUnitStorageThroughput": 250},
    )
    vpn = created("aws:ec2/vpnConnection:VpnConnection", "vpn")
    aside = {"FSx for Lustre 250 MB/s": 15_000, "EKS control plane": 50, "Athena": 7}
    cluster = created("aws:eks/cluster:Cluster", "c")
    stray = Recording((promised(setAside=aside), lustre, vpn, cluster))
    bill, page = text(stray), markdown.page(make(stray, "test"))
    for told in (
        "FSx for Lustre 250 MB/s: 15,000.00 USD a month held back for nothing: nothing here is called so",
        "did you mean 'FSx for Lustre 250 MB/s/TiB'?",
        "EKS control plane: 50.00 USD a month held back for nothing: it has a price here",
        "Athena: 7.00 USD a month held back for nothing: nothing here is called so",
    ):
        assert told in bill
        assert told in page
    right = Recording((promised(setAside={"FSx for Lustre 250 MB/s/TiB": 15_000}), lustre))
    assert "15,000.00 USD a month, held back from the cap" in text(right)
    assert "for nothing" not in text(right) + markdown.page(make(right, "test"))


def test_columns_set_the_price_of_work_side_by_side() -> None:
    """The same pool in two variants is one row; a pool that one variant lacks leaves its cell empty."""
    rates = {"train": {"stepsPerHour": 1000}}
    one = of(Recording((promised(rates=rates), created(POOL, "train", named("train", pool(2))))))
    two = of(Recording((promised(rates=rates), created(POOL, "train", named("train", pool(4))))))
    found = dict(said.units([one, two, of(Recording((environment(),)))]))
    assert list(found["USD a thousand steps of train"]) == pytest.approx([2 * P5, 4 * P5, None])
    assert list(found["USD an accelerator-hour of train"][:2]) == pytest.approx([P5 / 8, P5 / 8])


def test_the_document_is_plain_json() -> None:
    """Everything that people read is there for machines, with numbers as numbers and no infinity."""
    events = (
        promised(rates={"train": {"stepsPerHour": 1000}}),
        created(POOL, "train", named("train", pool(2))),
    )
    one = column("test", Recording(events), "test")
    (found,) = json.loads(json.dumps(document([one]), allow_nan=False))["columns"]
    assert found["pools"][0]["work"]["thousand_steps"] == pytest.approx(2 * P5)
    assert {"links", "rings", "ownMachines", "withoutCharge"} <= set(found)
