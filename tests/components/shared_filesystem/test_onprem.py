"""A file system of the site: three copies, a tree that nodes see and nothing else, and no word for throughput."""

from typing import Any

import pytest

from components.shared_filesystem.onprem import (
    DRIVER,
    filesystem,
    parameters,
    refuse,
    rights,
    secret,
    values,
    volume,
)
from components.shared_filesystem.shape import SharedFilesystemSpec, parse
from infra.problems import ProblemsError


def shared(**more: Any) -> SharedFilesystemSpec:
    """Give a checked file system."""
    args = {
        "platform": "onprem",
        "data_class": "models",
        "capacity_gib": 48_000,
        "store": "s3://it",
        "key": "k",
    }
    return parse({**args, "network": {}, **more})


def test_nodes_see_the_tree_and_nothing_else() -> None:
    """The user that mounts is held to one path of one file system, by its monitors, metadata and data."""
    assert rights("it") == {
        "mon": "allow r fsname=it",
        "mds": "allow rw fsname=it path=/volumes/shared",
        "osd": "allow rw tag cephfs data=it",
    }


def test_a_pod_mounts_what_is_there() -> None:
    """The volume is static, at the tree's path, by the user's secret, and without an option that only Lustre knows."""
    made = volume("it", 48_000)
    assert (made["driver"], made["secret"]["name"]) == (DRIVER, secret("it"))
    assert made["attributes"]["rootPath"] == "/volumes/shared"
    assert made["attributes"]["staticVolume"] == "true"
    assert made["mount_options"] == []


def test_no_two_copies_share_a_host() -> None:
    """Metadata and data have three copies on three hosts; a protected file system outlives its object."""
    made = filesystem(protect=True)
    for pool in (made["metadataPool"], *made["dataPools"]):
        assert (pool["failureDomain"], pool["replicated"]["size"]) == ("host", 3)
    assert made["preserveFilesystemOnDelete"] is True
    assert filesystem(protect=False)["preserveFilesystemOnDelete"] is False


def test_the_driver_is_on_every_machine() -> None:
    """Pods of tainted pools mount too, so the driver bears every taint; drivers that nobody uses stay away."""
    made = values()
    assert made["operatorConfig"]["driverSpecDefaults"]["nodePlugin"]["tolerations"] == [
        {"operator": "Exists"}
    ]
    assert [name for name, one in made["drivers"].items() if one["enabled"]] == ["cephfs"]
    assert made["drivers"]["cephfs"]["name"] == DRIVER


def test_volumes_of_the_class_lie_in_the_same_file_system() -> None:
    """Each step of a volume's life names its secret, and nodes use another one than the provisioner."""
    made = parameters("it")
    assert made["fsName"] == "it"
    assert made["csi.storage.k8s.io/node-stage-secret-name"] == "rook-csi-cephfs-node"
    assert made["csi.storage.k8s.io/provisioner-secret-name"] == "rook-csi-cephfs-provisioner"


def test_throughput_is_not_promised() -> None:
    """A site's disks decide it: asking is refused with that word, and the default asks for nothing."""
    refuse("filesystem", shared())
    with pytest.raises(ProblemsError, match="disks and wires decide"):
        refuse("filesystem", shared(throughput_mbps_per_tib=500))
