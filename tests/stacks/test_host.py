"""Tenants see the same of an environment, whether this stack made it or another one did."""

from contextlib import nullcontext
from typing import Any, cast

import pytest
from tests_support import GOOD_SETTINGS

from infra.problems import ProblemsError
from infra.settings import Serving, Settings, Training, parse
from stacks import rights
from stacks.ground import PoolFacts
from stacks.host import Cluster, Host, Mount, Shelf
from stacks.seats import SHARED, Seat
from stacks.tenants import readable

GPU = PoolFacts(
    purpose="training",
    machine="p5.48xlarge",
    nodes=8,
    accelerators=8,
    fabric=True,
    networks="a",
    daemon_image="b",
)


def host(*family: str, mirrors: bool = True) -> Host:
    """Give an environment with two stores and a file system over one of them."""
    return Host(
        stack=cast("Settings", parse(GOOD_SETTINGS)),
        platform="aws",
        region="eu-north-1",
        account="123456789012",
        access=cast("Any", None),
        cluster=Cluster("cluster", "", "", {"train": GPU, "spare": GPU}),
        stores={name: Shelf(f"s3://{name}-1", {"store": f"{name}-1"}) for name in ("artifacts", "corpus")},
        mount=Mount("artifacts", mirrors, {"driver": "fsx.csi.aws.com"}),
        family=family,
    )


def test_only_who_uses_its_store_gets_the_file_system() -> None:
    """A mount shows all of a store, past the rights of an identity, so others get none."""
    assert (host().folder("artifacts"), host().mounted("artifacts")) == (
        SHARED,
        {"driver": "fsx.csi.aws.com"},
    )
    assert (host().folder("corpus"), host().mounted("corpus")) == ("", None)


def test_a_file_system_that_mirrors_nothing_is_no_way_to_the_store() -> None:
    """It is mounted all the same, for scratch."""
    assert (host(mirrors=False).folder("artifacts"), bool(host(mirrors=False).mounted("artifacts"))) == (
        "",
        True,
    )


@pytest.mark.never_again
@pytest.mark.parametrize(
    ("mirrors", "store", "engine", "fine"),
    [
        (True, "artifacts", "vllm", True),
        (False, "artifacts", "vllm", False),
        (True, "corpus", "vllm", False),
        (False, "artifacts", "causeway", True),
    ],
)
def test_a_server_of_files_needs_files(mirrors: bool, store: str, engine: str, fine: bool) -> None:
    """Without them vLLM took the run's path for a name on a public hub, and failed when its pod started."""
    serving = Serving.model_validate({"store": store, "options": {"engine": engine, "accelerators": 1}})
    with nullcontext() if fine else pytest.raises(ProblemsError, match=rf"shows it what is in {store}"):
        readable(host(mirrors=mirrors), serving)


def test_names_of_several_stacks_differ() -> None:
    """In the stack of the environment a workload has its own name, in another one that stack's before it."""
    assert (host().name("serve"), host("apps").name("serve")) == ("serve", "apps-serve")


def test_a_seat_knows_what_its_pool_tells() -> None:
    """By name, by purpose, and none where there is none."""
    found = Seat("train", "p5.48xlarge", 8, 8, fabric=True, networks="a", daemon_image="b")
    assert host().seat(None, "training") == found
    assert host().seat("spare", "serving").pool == "spare"
    assert host().seat(None, "serving") == Seat()


@pytest.mark.parametrize(
    ("serving", "training", "run"),
    [
        (Serving(store="a"), Training(store="a", run="runs/mine"), "runs/mine"),
        (Serving(store="a", run="runs/theirs"), Training(store="a", run="runs/mine"), "runs/theirs"),
        (Serving(store="a"), None, "runs/pretrain"),
    ],
)
def test_which_run_is_served(serving: Serving, training: Training | None, run: str) -> None:
    """The one that is named, else that of the own training, else the usual one."""
    assert rights.served(serving, training) == run


def test_a_store_lets_in_what_its_settings_name() -> None:
    """The server reads the run that it serves, the trainer writes its own."""
    stores = {name: {"data_class": "text"} for name in ("artifacts", "corpus")}
    uses = {"training": {"store": "artifacts"}, "serving": {"store": "artifacts", "run": "runs/old"}}
    settings = cast("Settings", parse({**GOOD_SETTINGS, "stores": stores, **uses}))
    assert rights.of(settings, "artifacts") == {
        "pretrain": {"access": "write", "prefix": "runs/pretrain"},
        "serve": {"access": "read", "prefix": "runs/old"},
    }
    assert rights.of(settings, "corpus") == {}


def test_a_sites_store_lets_in_its_guests() -> None:
    """By the names that their own stacks give their workloads; who may only read does not train."""
    guests = {"apps": {}, "chat": {"folder": "runs/pretrain", "access": "read"}}
    stores = {"artifacts": {"data_class": "text", "guests": guests}}
    settings = cast("Settings", parse({**GOOD_SETTINGS, "platform": "onprem", "stores": stores}))
    found = rights.of(settings, "artifacts")
    assert found.pop("pretrain") == {"access": "write", "prefix": "runs/pretrain"}
    assert found == {
        "apps-pretrain": {"access": "write", "prefix": "runs/apps", "stack": "apps"},
        "apps-serve": {"access": "read", "prefix": "runs/apps", "stack": "apps"},
        "chat-serve": {"access": "read", "prefix": "runs/pretrain", "stack": "chat"},
    }
    assert set(found) == {host("apps").name(one) for one in rights.DOES} | {host("chat").name("serve")}
