"""Lustre on FSx: sizes that it has, and a class that makes volumes like it."""

from typing import Any

import pytest

from components.gpu_cluster.aws import storage
from components.shared_filesystem.aws import PACKAGES, PORTS, parameters, refuse
from components.shared_filesystem.shape import parse
from infra.problems import ProblemsError


def spec(**more: Any) -> Any:
    """Give a checked file system of 2400 GiB."""
    args = {"platform": "aws", "data_class": "text", "capacity_gib": 2400, "store": "s3://data", "key": "k"}
    return parse({**args, "network": {}, **more})


@pytest.mark.parametrize(("given", "next_one"), [(1201, 2400), (3600, 4800), (2401, 4800)])
def test_sizes_come_in_steps(given: int, next_one: int) -> None:
    """A size between two steps is refused with the step above it; steps and the smallest one pass."""
    with pytest.raises(ProblemsError, match=f"so {next_one}"):
        refuse(spec(capacity_gib=given))
    refuse(spec(capacity_gib=next_one))
    refuse(spec(capacity_gib=1200))


def test_throughput_is_one_that_persistent_ssd_has() -> None:
    """Two hundred is of an older kind of disk; five hundred passes."""
    with pytest.raises(ProblemsError, match=r"given 200; allowed: 125, 250, 500, 1000"):
        refuse(spec(throughput_mbps_per_tib=200))
    refuse(spec(throughput_mbps_per_tib=500))


def test_lustres_own_ports_are_open() -> None:
    """Servers listen on 988, and talk back from the ports below 1024 (FSx guide, access control)."""
    assert set(PORTS) == {(988, 988), (1018, 1023)}


@pytest.mark.never_again
def test_volumes_are_of_a_release_that_the_nodes_client_speaks() -> None:
    """Thread aws-fsx-csi #437: nodes have AL2023's client; the driver's default, 2.10, it does not mount."""
    found = parameters(spec(), "subnet", "sg")
    assert PACKAGES == ("lustre-client",)
    assert found["fileSystemTypeVersion"] == "2.15"
    assert (found["deploymentType"], found["kmsKeyId"]) == ("PERSISTENT_2", "k")


def test_the_driver_touches_what_it_made_alone() -> None:
    """It makes what carries its tag and changes nothing else: the mirror of the store is not its own."""
    by_sid = {one["Sid"]: one for one in storage.statements("eu-north-1", "123456789012", "key")}
    tag = storage.OWN_TAG
    assert by_sid["Make"]["Condition"] == {"Null": {f"aws:RequestTag/{tag}": "false"}}
    assert by_sid["Change"]["Condition"] == {"Null": {f"aws:ResourceTag/{tag}": "false"}}
    assert by_sid["Key"]["Condition"] == {"StringEquals": {"kms:ViaService": "fsx.eu-north-1.amazonaws.com"}}
    assert not any("*" in action for one in by_sid.values() for action in one["Action"])


def test_labels_that_the_driver_cannot_read_stay_out() -> None:
    """It splits at commas and equal signs."""
    assert storage.tags({"owner": "a@b.c", "odd": "a=b", "list": "a,b"}) == {"owner": "a@b.c"}
