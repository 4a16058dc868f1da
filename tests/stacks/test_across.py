"""What spans two environments fits both, or one error says what does not and in which stack."""

import copy
from collections.abc import Callable
from typing import Any, cast

import pytest
from grounds import CLOUD, SITE

from infra.paths import project
from infra.problems import ProblemsError
from infra.settings import Hybrid, from_file
from stacks.across import Across, check
from stacks.ground import Ground
from stacks.reference import Reference

Change = Callable[[dict[str, Any], dict[str, Any], dict[str, Any]], object]
"""Changes the settings, the site or the cloud in place."""


def across(change: Change = lambda *_: None) -> Across:
    """Put the project's own hybrid settings over two samples."""
    file = project() / "stacks" / "Pulumi.hybrid.yaml"
    settings = cast("Hybrid", from_file(file)).model_dump()
    site, cloud = copy.deepcopy(SITE), copy.deepcopy(CLOUD)
    change(settings, site, cloud)
    return check(
        Hybrid.model_validate(settings),
        Reference("onprem", Ground.model_validate(site), cast("Any", None)),
        Reference("aws-prod", Ground.model_validate(cloud), cast("Any", None)),
    )


def test_both_sides_fit() -> None:
    """The project's own settings come to the guest pool of the site."""
    found = across()
    assert (found.training.pool, found.training.nodes, found.training.accelerators) == ("joint", 2, 8)


CHANGES: dict[str, tuple[Change, str]] = {
    "networks that overlap": (
        lambda _, site, cloud: site["network"].update(cidr="10.64.128.0/17"),
        "line: 10.64.128.0/17 of onprem overlaps 10.64.0.0/16 of aws-prod; allowed: ranges that do not overlap",
    ),
    "a cloud for a site": (
        lambda _, site, cloud: site.update(platform="gcp"),
        "references.site: onprem is on gcp; allowed: a stack on onprem",
    ),
    "a pool that is not there": (
        lambda settings, *_: settings["training"].update(pool="jiont"),
        "training.pool: onprem has no 'jiont'; allowed: train, joint; did you mean 'joint'?",
    ),
    "two pools to choose from": (
        lambda settings, *_: settings["training"].update(pool=None),
        "training.pool: onprem has 2 pools for training, and none is named; allowed: joint, train",
    ),
    "no pool that serves": (
        lambda _, site, cloud: cloud["cluster"]["pools"]["serve"].update(purpose="system"),
        "serving.pool: aws-prod has 0 pools for serving, and none is named; allowed: serve",
    ),
    "a store that is not there": (
        lambda settings, *_: settings["training"].update(store="artefacts"),
        "training.store: aws-prod has no 'artefacts'; allowed: artifacts; did you mean 'artifacts'?",
    ),
    "serving from another store": (
        lambda settings, *_: settings["serving"].update(store="corpus"),
        "serving.store: given 'corpus'; allowed: artifacts, where the run is kept",
    ),
    "a cluster that nobody can trust": (
        lambda _, site, cloud: site["cluster"].update(issuer=""),
        "allowed: cluster.issuer in the stack file of onprem",
    ),
    "files that are not there": (
        lambda _, site, cloud: cloud.pop("volume"),
        "serving.options.engine: vllm reads files, and aws-prod has no file system over artifacts",
    ),
    "a class that is not said": (
        lambda settings, *_: settings.update(data_classes={"text": {}}),
        "data_classes: 'models', the class of artifacts in aws-prod, is missing",
    ),
    "a class that may more here than there": (
        lambda settings, *_: settings["data_classes"]["models"].update(jurisdictions=["eu", "us"]),
        "data_classes.models.jurisdictions: given eu, us; aws-prod allows eu; allowed: no more than there",
    ),
}


@pytest.mark.parametrize(("change", "told"), CHANGES.values(), ids=CHANGES.keys())
def test_what_does_not_fit_is_told_with_its_stack(change: Change, told: str) -> None:
    """One line names the setting, the stack that it does not fit, and what would."""
    with pytest.raises(ProblemsError) as caught:
        across(change)
    assert told in str(caught.value)


@pytest.mark.parametrize("narrower", [["de"], ["de", "fr"], ["eu"]])
def test_a_class_may_less_here_than_there(narrower: list[str]) -> None:
    """Countries of an area are within it; whether the line ends there is for the rules to say."""
    across(lambda settings, *_: settings["data_classes"]["models"].update(jurisdictions=narrower))


def test_the_bundled_server_needs_no_files() -> None:
    """It reads the model from the store, so a cloud without a file system will do."""

    def change(settings: dict[str, Any], _: dict[str, Any], cloud: dict[str, Any]) -> None:
        cloud.pop("volume")
        settings["serving"]["options"]["engine"] = "causeway"

    assert across(change).cloud.ground.volume is None
