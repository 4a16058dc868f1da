"""Pods of a fabric that needs more than devices: daemons beside them, libraries of the node, memory across machines."""

from typing import Any

import pulumi
import pytest

from components.kubernetes import fabric, pods, serving, tenancy
from components.training_job.gcp import borne
from components.training_job.shape import parse
from infra.catalog import fabrics, machines

POD: dict[str, Any] = {
    "image": "example.org/pretrain@sha256:" + "0" * 64,
    "command": ["python", "-m", "it"],
    "accelerators": 8,
    "cpu": 8,
    "memory_gib": 64,
    "mounts": {"/scratch": "node-local", "/dev/shm": "memory"},
    "ports": {},
    "grace_seconds": 30,
    "environment": {},
}
DAEMONS = {"a3-highgpu-8g": "tcpx-daemon", "a3-megagpu-8g": "tcpxo-daemon"}
RAILS = ("a3-ultragpu-8g", "a4-highgpu-8g", "a4x-highgpu-4g")


def place(machine: str, *, joined: bool = True, **more: Any) -> pods.Place:
    """Give where pods of a training run on Google Cloud."""
    return pods.Place("train", machines.get("gcp", machine), joined, **more)


def written(machine: str, **more: Any) -> dict[str, Any]:
    """Write a pod that takes a whole machine."""
    here = place(machine, **more)
    pod = {**POD, "accelerators": here.machine.gpus}
    claims = {at: f"it-{at.rpartition('/')[2]}" for at in (here.joined.libraries if here.joined else {})}
    return pods.spec(here, pod, environment={}, account="it", libraries=claims)


@pytest.mark.never_again
@pytest.mark.parametrize(("machine", "daemon"), DAEMONS.items())
def test_the_daemon_runs_beside_the_program_and_ends_with_it(machine: str, daemon: str) -> None:
    """Threads container-engine-accelerators #580, #570: a native sidecar, its version the pair of the installer's."""
    made, row = written(machine), place(machine).joined
    (beside,) = made["initContainers"]
    assert row
    assert row.daemon
    assert (beside["name"], beside["restartPolicy"]) == (daemon, "Always")
    assert beside["image"].endswith(f"/tcpgpudmarxd-dev:{row.daemon.pinned}")
    assert set(beside["securityContext"]["capabilities"]["add"]) == set(row.daemon.capabilities)
    devices = pods.annotations(place(machine))[f"devices.gke.io/container.{daemon}"].splitlines()
    assert {f"- path: /dev/nvidia{gpu}" for gpu in range(8)} < set(devices)


@pytest.mark.parametrize("machine", DAEMONS)
def test_every_mount_of_a_daemons_pod_has_its_volume(machine: str) -> None:
    """A name that is mounted and declared nowhere would be refused by the API server."""
    made = written(machine)
    there = {one["name"] for one in made["volumes"]}
    for one in (*made["containers"], *made["initContainers"]):
        assert {mount["name"] for mount in one["volumeMounts"]} <= there


def test_a_mirror_of_the_daemon_takes_its_place() -> None:
    """An image from one's own registry is used as it is given."""
    made = written("a3-megagpu-8g", daemon_image="mirror/daemon@sha256:1")
    assert made["initContainers"][0]["image"] == "mirror/daemon@sha256:1"


def test_the_nodes_network_still_knows_the_clusters_names() -> None:
    """TCPXO's pods use the node's network, where their own meeting point would be unknown without the cluster's DNS."""
    made = written("a3-megagpu-8g")
    assert (made["hostNetwork"], made["dnsPolicy"]) == (True, "ClusterFirstWithHostNet")
    assert "hostNetwork" not in written("a3-highgpu-8g")


@pytest.mark.parametrize("machine", RAILS)
def test_rails_keep_the_namespace_closed(machine: str) -> None:
    """The folder of gIB comes by a claim and read-only: no path of the node, no root, no open namespace."""
    made, row = written(machine), place(machine).joined
    assert row
    assert not any("hostPath" in volume for volume in made["volumes"])
    assert made["securityContext"]["runAsNonRoot"]
    assert not tenancy.rights(place(machine), {})["privileged"]
    found = {one["mountPath"]: one for one in made["containers"][0]["volumeMounts"]}
    assert found["/usr/local/gib"]["readOnly"]
    assert tenancy.rights(place("a3-megagpu-8g"), {})["privileged"]


@pytest.mark.never_again
@pytest.mark.parametrize("machine", ["a3-megagpu-8g", *RAILS])
def test_settings_of_the_installer_are_read_before_the_program_starts(machine: str) -> None:
    """Thread aicr #2306: what NCCL is told comes from the release that is installed, never from an older list."""
    row = place(machine).joined
    assert row
    shell, _, script, *rest = written(machine)["containers"][0]["command"]
    assert shell == "/bin/bash"
    assert script == f'source {row.profile} && exec "$@"'
    assert rest == ["--", *POD["command"]]
    assert fabric.command(fabrics.get("efa"), POD["command"]) == POD["command"]


@pytest.mark.never_again
def test_one_domain_a_job() -> None:
    """Thread dra-driver-nvidia-gpu #957: jobs of one rack have a channel each, named after it and claimed by it."""
    made = written("a4x-highgpu-4g")
    assert made["resourceClaims"] == [
        {"name": fabric.CHANNEL, "resourceClaimTemplateName": fabric.channel("it")}
    ]
    assert made["containers"][0]["resources"]["claims"] == [{"name": fabric.CHANNEL}]
    assert fabric.channel("other") != fabric.channel("it")
    assert "resourceClaims" not in written("a4-highgpu-8g")


def test_pods_bear_the_taint_of_arm_machines() -> None:
    """GKE taints Grace machines by itself; pods of x86 machines get no toleration more."""
    for machine, taints in (("a4x-highgpu-4g", ["kubernetes.io/arch"]), ("a4-highgpu-8g", None)):
        given = {"platform": "gcp", "command": [], "environment": {}, "cluster": {"machine": machine}}
        assert borne(parse(given)).cluster.get("taints") == taints


def test_a_pod_outside_the_fabric_has_nothing_of_it() -> None:
    """A server on the same machine has no daemon, no folder, no root and no script."""
    made = written("a3-megagpu-8g", joined=False)
    assert "initContainers" not in made
    assert made["containers"][0]["command"] == POD["command"]
    assert pods.annotations(place("a3-megagpu-8g", joined=False)) == {}


@pytest.mark.never_again
@pytest.mark.parametrize("machine", [*DAEMONS, *RAILS])
def test_a_server_joins_no_fabric(machine: str) -> None:
    """Served from a pool that trains, it broke on a model known only when the job ends: it asks for GPUs, no more.

    It goes where the trainer goes: it is of the same pool and bears the same taints.
    """
    later, joined = pulumi.Output.from_input(["python", "-m", "it"]), place(machine, taints=("own",))
    pod = {**POD, "accelerators": joined.machine.gpus}
    made = pods.spec(serving.alone(joined), {**pod, "command": later}, environment={}, account="it")
    (container,) = made["containers"]
    assert container["command"] is later
    assert {"initContainers", "resourceClaims", "hostNetwork"}.isdisjoint(made)
    assert {one["mountPath"] for one in container["volumeMounts"]} <= {*POD["mounts"], "/tmp"}
    trains = pods.spec(joined, pod, environment={}, account="it")
    assert made["nodeSelector"] == trains["nodeSelector"]
    keys = [{one["key"] for one in pod["tolerations"]} for pod in (made, trains)]
    assert keys[0] == keys[1] >= {"causeway/pool", "own"}
