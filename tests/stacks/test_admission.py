"""A tenant fits the environment below it, or one error says what does not."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from grounds import CLOUD, SITE

from infra.settings import Tenant
from stacks import admission
from stacks.ground import Ground
from stacks.reference import Known

TENANT: dict[str, Any] = {
    "stands_on": "aws-prod",
    "owner": "you",
    "team": "apps",
    "cost_center": "none",
    "budget": {"monthly_usd": 0},
    "training": {"store": "artifacts", "pool": "serve"},
    "serving": {"store": "artifacts"},
}
CORPUS = {"url": "s3://corpus", "id": "corpus", "data_class": "customer-text", "key": ""}
TEXT = {"jurisdictions": ["eu"], "rotation_days": 90, "personal": True}

Change = Callable[[dict[str, Any], dict[str, Any]], object]
"""Changes the settings or the environment in place."""


def stand(change: Change = lambda *_: None) -> tuple[Tenant, Known]:
    """Put a tenant on a cloud with two stores."""
    settings, cloud = copy.deepcopy(TENANT), copy.deepcopy(CLOUD)
    cloud["stores"]["corpus"] = CORPUS
    cloud["data_classes"]["customer-text"] = TEXT
    change(settings, cloud)
    return Tenant.model_validate(settings), Known("aws-prod", Ground.model_validate(cloud))


def told(change: Change = lambda *_: None) -> list[str]:
    """Give what does not fit."""
    return [str(problem) for problem in admission.mistakes(*stand(change), "apps")]


def test_a_tenant_that_fits() -> None:
    """A pool by name, the only pool of a purpose, and a store that is there."""
    assert told() == []


CHANGES: dict[str, tuple[Change, str]] = {
    "a store that is not there": (
        lambda settings, _: settings["training"].update(store="artefacts"),
        "training.store: aws-prod has no 'artefacts'; allowed: artifacts, corpus; did you mean 'artifacts'?",
    ),
    "a pool that is not there": (
        lambda settings, _: settings["training"].update(pool="serv"),
        "training.pool: aws-prod has no 'serv'; allowed: serve; did you mean 'serve'?",
    ),
    "a model too large for the disks there": (
        lambda settings, cloud: (
            cloud["cluster"]["pools"]["serve"].update(disk_gib=152.0),
            settings["training"].update(options={"model": "llama-70b"}),
        ),
        "training: asks for 264 GiB of disk on each node, of which pods on g6e.12xlarge have 152 in cluster.pools",
    ),
    "more accelerators than a machine there has": (
        lambda settings, _: settings["serving"].update(options={"accelerators": 8}),
        "serving.options.accelerators: given 8, and g6e.12xlarge has 4; allowed: at most 4 there",
    ),
    "no pool of the purpose": (
        lambda settings, _: settings["training"].pop("pool"),
        "training.pool: aws-prod has 0 pools for training, and none is named; allowed: serve",
    ),
    "a class that is not there": (
        lambda settings, _: settings.update(data_classes=["model", "models"]),
        "data_classes: aws-prod has no 'model'; allowed: models, customer-text; did you mean 'models'?",
    ),
    "a store of a class that is left out": (
        lambda settings, _: settings.update(data_classes=["customer-text"]),
        "artifacts of aws-prod holds models, which data_classes leaves out; allowed: a store of customer-text",
    ),
    "the run of the environment itself": (
        lambda settings, cloud: (
            settings["training"].update(run="runs/own"),
            cloud["stores"]["artifacts"].update(run="runs/own"),
        ),
        "training.run: aws-prod itself trains in runs/own; allowed: another name",
    ),
    "files that are not there": (
        lambda settings, _: settings["serving"].update(store="corpus", options={"engine": "vllm"}),
        "serving.options.engine: vllm reads files, and aws-prod has no file system over corpus",
    ),
    "a file system that mirrors nothing": (
        lambda settings, cloud: (
            settings["serving"].update(options={"engine": "vllm"}),
            cloud["volume"].update(mirrors=False),
        ),
        "serving.options.engine: vllm reads files, and aws-prod has no file system over artifacts",
    ),
}


@pytest.mark.parametrize(("change", "text"), CHANGES.values(), ids=CHANGES.keys())
def test_what_does_not_fit_is_told_with_its_stack(change: Change, text: str) -> None:
    """One line names the setting, the stack that it does not fit, and what would."""
    assert text in "\n".join(told(change))


def test_everything_is_told_at_once() -> None:
    """A store, a pool and a class that are not there are three lines."""

    def change(settings: dict[str, Any], _: dict[str, Any]) -> None:
        settings.update(data_classes=["text"], training={"store": "artefacts", "pool": "gpu"})

    assert len([line for line in told(change) if "aws-prod has no" in line]) == 3


def site(*, run: str = "", serves: str = "", training: bool = True, **guests: dict[str, str]) -> list[str]:
    """Put the stack `apps` on a site whose store has these guests; give what does not fit."""
    held = {"url": "s3://artifacts", "id": "artifacts", "data_class": "models", "key": "models-key"}
    below = {**copy.deepcopy(SITE), "stores": {"artifacts": {**held, "guests": guests}}}
    settings = {**TENANT, "stands_on": "onprem", "serving": {"store": "artifacts", "pool": "joint"}}
    settings["training"] = {"store": "artifacts", "pool": "joint", **({"run": run} if run else {})}
    settings["serving"] |= {"run": serves} if serves else {}
    if not training:
        del settings["training"]
    known = Known("onprem", Ground.model_validate(below))
    return [str(one) for one in admission.mistakes(Tenant.model_validate(settings), known, "apps")]


OWN = {"folder": "runs/apps", "access": "write"}
MODEL = {"folder": "runs/pretrain", "access": "read"}


@pytest.mark.parametrize(
    "fits",
    [
        {"apps": OWN},
        {"apps": OWN, "run": "runs/apps/second"},
        {"apps": OWN, "training": False, "serves": "runs/apps"},
        {"apps": MODEL, "training": False},
    ],
)
def test_a_site_lets_in_whom_it_names(fits: dict[str, Any]) -> None:
    """Into the one folder and below it: a run that is not named is the stack's own, or the site's when it serves."""
    assert site(**fits) == []


@pytest.mark.parametrize(
    ("given", "text", "fix"),
    [
        (
            {"training": False, "search": OWN},
            "serving.store: artifacts of onprem lets in search",
            "a store that names apps: `apps: {}`",
        ),
        (
            {"training": False},
            "serving.store: artifacts of onprem lets in no other stack",
            "a store that names apps: `apps: {}`",
        ),
        (
            {"apps": {**OWN, "access": "read"}},
            "training.store: apps may only read in artifacts of onprem",
            "serving alone, or `access: write`",
        ),
        (
            {"apps": OWN, "run": "runs/apps2", "serves": "runs/apps"},
            "training.run: apps sees runs/apps of artifacts of onprem alone, not runs/apps2",
            "runs/apps or below it, or another `folder`",
        ),
        (
            {"apps": OWN, "serves": "runs/pretrain"},
            "serving.run: apps sees runs/apps of artifacts of onprem alone, not runs/pretrain",
            "runs/apps or below it, or another `folder`",
        ),
    ],
)
def test_a_site_refuses_whom_it_does_not_name(given: dict[str, Any], text: str, fix: str) -> None:
    """Not named, named to read alone, and another folder: each with the setting of the site's that would let it in."""
    mend = "in stores.artifacts.guests of onprem's stack file, then `causeway up onprem`"
    assert site(**given) == [f"{text}; allowed: {fix} {mend}"]


def test_promises_come_from_the_environment() -> None:
    """By default the classes of the stores that are used; what they promise is not said twice."""
    promised = admission.promises(*stand())
    assert {name: one.rotation_days for name, one in promised.items()} == {"models": 180}
    named = stand(lambda settings, _: settings.update(data_classes=["models", "customer-text"]))
    assert admission.promises(*named)["customer-text"].personal


def test_runs_of_two_stacks_are_apart() -> None:
    """A run without a name gets the stack's own, also where the environment trains in the default one."""
    settings, below = stand(lambda _, cloud: cloud["stores"]["artifacts"].update(run="runs/pretrain"))
    assert list(admission.mistakes(settings, below, "apps")) == []
    own = admission.settled(settings, "apps").training
    assert own
    assert own.run == "runs/apps"
    named, _ = stand(lambda settings, _: settings["training"].update(run="runs/mine"))
    assert admission.settled(named, "apps") == named
