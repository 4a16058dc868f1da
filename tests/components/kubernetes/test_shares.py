"""Pods ask for their accelerators' share of a machine at most: what asks for more waits for ever."""

import dataclasses
from typing import Any

import pytest

from components.kubernetes import pods
from components.kubernetes.pods import Place
from infra.catalog import machines, room
from workloads.pretrain.spec import PretrainSpec
from workloads.serve.spec import ServeSpec


def written(platform: str, machine: str, pod: dict[str, Any]) -> dict[str, Any]:
    """Write a pod that joins no fabric."""
    place = Place("it", machines.get(platform, machine), fabric=False)
    return pods.spec(place, pod, environment={}, account="it")


def trainer(accelerators: int) -> dict[str, Any]:
    """Describe a training pod."""
    return dataclasses.asdict(PretrainSpec().pod(accelerators, ""))


@pytest.mark.parametrize(
    ("platform", "machine"),
    [("aws", "g5.xlarge"), ("gcp", "g2-standard-4"), ("gcp", "g2-standard-24"), ("aws", "trn1.32xlarge")],
)
def test_a_small_machine_gives_what_it_has(platform: str, machine: str) -> None:
    """Eight cores and 64 GiB a GPU are a wish; these have fewer, and a pod of all their GPUs asks for just those."""
    there = machines.get(platform, machine)
    asked = written(platform, machine, trainer(there.gpus))["containers"][0]["resources"]["requests"]
    assert int(asked["cpu"]) <= (room.cpus(there) or 0) < 8 * there.gpus or machine == "g2-standard-24"
    assert int(asked["memory"].removesuffix("Gi")) == room.memory_gib(there)


def test_a_part_of_a_machine_gets_its_part() -> None:
    """Of four L40S one server of two gets at most half, so that a second one fits beside it."""
    machine = machines.get("aws", "g6e.12xlarge")
    half = dataclasses.asdict(ServeSpec(accelerators=2).pod(""))
    asked = written("aws", machine.name, {**half, "memory_gib": 1000})["containers"][0]["resources"]
    assert asked["limits"]["memory"] == f"{(room.memory_gib(machine) or 0) // 2}Gi"


def test_shared_memory_follows() -> None:
    """The segment that NCCL shares is half of what the pod really gets."""
    made = written("gcp", "g2-standard-24", trainer(2))
    (segment,) = [one["emptyDir"] for one in made["volumes"] if one["emptyDir"].get("medium") == "Memory"]
    limit = made["containers"][0]["resources"]["limits"]["memory"]
    assert int(segment["sizeLimit"].removesuffix("Gi")) == int(limit.removesuffix("Gi")) // 2


def test_a_large_machine_gives_what_is_asked_for() -> None:
    """Nothing is taken because it is there, nor bounded where no source says what a machine has."""
    for platform, machine in (("azure", "Standard_ND96isr_H100_v5"), ("onprem", "hgx-h100")):
        asked = written(platform, machine, trainer(8))["containers"][0]["resources"]["requests"]
        assert (asked["cpu"], asked["memory"]) == ("64", "512Gi")
