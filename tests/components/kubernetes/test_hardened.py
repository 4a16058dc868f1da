"""Pods that keep their image as it was built, and write where a mount is."""

import dataclasses
from typing import Any

import pytest

from components.kubernetes import pods
from components.kubernetes.pods import Place
from infra.catalog import machines
from workloads.pretrain.spec import PretrainSpec
from workloads.serve.spec import ServeSpec

TRAINER = dataclasses.asdict(PretrainSpec.parse({}).pod(8, ""))
PODS: dict[str, dict[str, Any]] = {
    "pretrain": TRAINER,
    "serve": dataclasses.asdict(ServeSpec(accelerators=8).pod("runs/one")),
    "vllm": dataclasses.asdict(ServeSpec(accelerators=8, engine="vllm").pod("/shared/one")),
}


def written(pod: dict[str, Any], *, machine: str = "hgx-h100", fabric: bool = False) -> dict[str, Any]:
    """Write a pod at a site, as components do."""
    place = Place("it", machines.get("onprem", machine), fabric)
    return pods.spec(place, pod, environment=pods.environment({}, pod), account="it")


@pytest.mark.parametrize("name", PODS)
def test_the_image_is_read_only_and_programs_write_to_mounts(name: str) -> None:
    """Home, temporary files and scratch lie on volumes of the pod alone; without a mount each would be refused."""
    made = written(PODS[name])
    (container,) = made["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    volumes = {one["name"]: one for one in made["volumes"]}
    mounts = {one["mountPath"]: volumes[one["name"]] for one in container["volumeMounts"]}
    variables = {one["name"]: one["value"] for one in container["env"]}
    for folder in ("/tmp", variables["HOME"], "/dev/shm"):
        assert "emptyDir" in mounts[folder]


@pytest.mark.parametrize("name", PODS)
def test_the_user_has_a_name(name: str) -> None:
    """Torch names its cache after the user before it compiles, and no image knows ours by number (getpass)."""
    variables = {one["name"]: one["value"] for one in written(PODS[name])["containers"][0]["env"]}
    assert variables["USER"]


def test_a_pod_without_a_scratch_disk_is_at_home_in_its_temporary_folder() -> None:
    """A description of one's own that names no mount can still write: to the one folder that every pod has."""
    bare = {**TRAINER, "mounts": {}}
    made = written(bare)
    assert [one["mountPath"] for one in made["containers"][0]["volumeMounts"]] == ["/tmp"]
    assert pods.environment({}, bare)["HOME"] == "/tmp"


def test_a_temporary_folder_of_ones_own_stays() -> None:
    """Who asks for one in memory gets one, and not a second on disk."""
    made = written({**TRAINER, "mounts": {"/tmp": "memory"}})
    assert [one["emptyDir"]["medium"] for one in made["volumes"]] == ["Memory"]


def test_only_a_fabric_that_needs_root_leaves_the_image_open() -> None:
    """What Google's own plugin writes is said nowhere; the same machine outside its fabric is closed."""
    megagpu = machines.get("gcp", "a3-megagpu-8g")
    assert pods.security(Place("it", megagpu, fabric=True))["readOnlyRootFilesystem"] is False
    assert pods.security(Place("it", megagpu, fabric=False))["readOnlyRootFilesystem"] is True
    efa = machines.get("aws", "p5.48xlarge")
    assert pods.security(Place("it", efa, fabric=True))["readOnlyRootFilesystem"] is True


@pytest.mark.parametrize("name", PODS)
def test_disk_is_asked_for_and_bounded(name: str) -> None:
    """A pod lands where its scratch has room, and fills nobody else's disk."""
    made = written(PODS[name])["containers"][0]["resources"]
    assert made["requests"]["ephemeral-storage"] == made["limits"]["ephemeral-storage"]
    assert made["limits"]["ephemeral-storage"] == f"{PODS[name]['disk_gib']}Gi"


def test_a_description_that_knows_no_disk_is_not_bounded() -> None:
    """Descriptions from before disks were said still run, with what the node has."""
    bare = {key: value for key, value in TRAINER.items() if key != "disk_gib"}
    assert "ephemeral-storage" not in written(bare)["containers"][0]["resources"]["limits"]
