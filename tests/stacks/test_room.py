"""Every workload of every stack finds room on a machine of its pool, and one that doesn't is refused at the door."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from tests_support import GOOD_SETTINGS

from infra.catalog import machines, room
from infra.paths import project
from infra.problems import ProblemsError
from infra.settings import Settings, from_file, parse
from stacks.checks import mistakes
from stacks.room import disk

GRAPHS = project() / "tests" / "policy" / "mutations" / "graphs"
MAKERS = {"kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:Job"}
CLOUDS = ("aws-dev", "aws-prod", "gcp-dev", "gcp-prod", "azure-dev", "azure-prod")
AZURE: dict[str, Any] = {
    **GOOD_SETTINGS,
    "platform": "azure",
    "region": "westeurope",
    "account": "11111111-1111-4111-8111-111111111111",
    "cluster": {
        "admin_principals": ["22222222-2222-4222-8222-222222222222"],
        "pools": {
            "system": {"purpose": "system", "machine": "Standard_D8s_v5"},
            "train": {
                "purpose": "training",
                "machine": "Standard_ND96isr_H100_v5",
                "capacity": "on-demand",
            },
        },
    },
    "training": {"store": "artifacts", "options": {"model": "llama-70b"}},
}


@pytest.mark.parametrize("stack", CLOUDS)
def test_what_pods_ask_for_is_on_a_node(stack: str) -> None:
    """As the engine made them: cores, memory, accelerators and disk of all containers, held against the machine."""
    settings = from_file(project() / "stacks" / f"Pulumi.{stack}.yaml", mistakes)
    assert isinstance(settings, Settings)
    seen = 0
    for pod in _pods(GRAPHS / f"{stack}.jsonl"):
        name = pod["nodeSelector"]["causeway/pool"]
        pool = settings.cluster.pools[name]
        machine = _machine(settings, name)
        asked = [one["resources"]["requests"] for one in pod["containers"]]
        joined = pool.purpose == "training" and machine.link is not None
        assert sum(int(one["cpu"]) for one in asked) <= (room.cpus(machine) or 0)
        assert _gib(asked, "memory") <= (room.memory_gib(machine, fabric=joined) or 0)
        assert _gib(asked, "ephemeral-storage") <= disk(settings, pool)
        assert sum(int(one.get("nvidia.com/gpu", 0)) for one in asked) <= machine.gpus
        seen += 1
    assert seen == bool(settings.training) + bool(settings.serving)


def _pods(file: Path) -> list[dict[str, Any]]:
    made = [json.loads(line) for line in file.read_text().splitlines()]
    return [one["inputs"]["spec"]["template"]["spec"] for one in made if one["type"] in MAKERS]


def _machine(settings: Settings, name: str) -> machines.Machine:
    pool = settings.cluster.pools[name]
    if pool.machine:
        return machines.get(settings.platform, pool.machine)
    assert pool.accelerator
    return machines.choose(settings.platform, pool.accelerator, pool.accelerators).machine


def _gib(asked: list[dict[str, str]], what: str) -> int:
    return sum(int(one[what].removesuffix("Gi")) for one in asked)


def refused(values: dict[str, Any]) -> str:
    """Give what the door says."""
    with pytest.raises(ProblemsError) as error:
        parse(values, mistakes)
    return str(error.value)


def test_a_model_too_large_for_its_disk_is_refused_with_the_size_that_helps() -> None:
    """A 70B's export takes 264 GiB; the size that the sentence names is then taken."""
    text = refused(AZURE)
    assert "training: asks for 264 GiB of disk on each node" in text
    assert "disk_gib: 384 or more in cluster.pools.train" in text
    larger = copy.deepcopy(AZURE)
    larger["cluster"]["pools"]["train"]["disk_gib"] = 384
    parse(larger, mistakes)


def test_a_pool_that_says_in_its_own_words_where_its_disk_is_is_believed() -> None:
    """Options of the platform decide there, and nobody here knows how large that is."""
    own = copy.deepcopy(AZURE)
    own["cluster"]["pools"]["train"]["options"] = {"kubelet_disk_type": "Temporary"}
    parse(own, mistakes)


def test_a_server_over_more_accelerators_than_a_machine_has_is_refused() -> None:
    """Parts of a server do not cross machines; as many as there are is fine."""
    values = copy.deepcopy(AZURE)
    del values["training"]
    values["cluster"]["pools"]["train"]["purpose"] = "serving"
    values["serving"] = {"store": "artifacts", "options": {"accelerators": 16}}
    assert "serving.options.accelerators: given 16, and Standard_ND96isr_H100_v5 has 8" in refused(values)
    values["serving"]["options"]["accelerators"] = 8
    parse(values, mistakes)
