"""What every backend of every capability keeps to."""

import importlib
import inspect
import subprocess
import sys

import pytest

from infra import paths
from infra.platforms import supported
from tools.docs.support import capabilities

CLOUDS = {
    "pulumi_aws": "aws",
    "pulumi_gcp": "gcp",
    "pulumi_azure_native": "azure",
    "pulumi_kubernetes": "onprem",
}
"""The platform that may load an SDK; Kubernetes' is every cloud's."""

SHARED = {"amazon", "google", "microsoft"}
"""Folders of `components` with what all backends of one cloud share."""

PAIRS = [(capability, platform) for capability in capabilities() for platform in supported(capability)]


@pytest.mark.parametrize(("capability", "platform"), PAIRS)
def test_a_backend_builds(capability: str, platform: str) -> None:
    """It has `build(name, spec, opts)`, with a sentence on what it makes."""
    build = importlib.import_module(f"components.{capability}.{platform}").build
    assert list(inspect.signature(build).parameters) == ["name", "spec", "opts"]
    assert inspect.getdoc(build)


@pytest.mark.parametrize("platform", ["aws", "gcp", "azure"])
@pytest.mark.parametrize("capability", capabilities())
def test_a_cloud_has_every_capability(capability: str, platform: str) -> None:
    """No capability stops at the edge of a cloud."""
    assert platform in supported(capability)


def loaded(platform: str) -> set[str]:
    """Import the stacks and all backends of a platform in a fresh process; give the cloud SDKs that it loaded."""
    names = [f"components.{capability}.{there}" for capability, there in PAIRS if there == platform]
    program = (
        "import importlib, sys, stacks.blueprint\n"
        f"[importlib.import_module(name) for name in {names!r}]\n"
        f"print(*(name for name in {sorted(CLOUDS)!r} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=paths.project(),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("platform", "sdk"), [("aws", "pulumi_aws"), ("gcp", "pulumi_gcp"), ("azure", "pulumi_azure_native")]
)
def test_a_cloud_loads_no_other_cloud(platform: str, sdk: str) -> None:
    """One platform a process: its own SDK and Kubernetes', and no third."""
    assert loaded(platform) == {sdk, "pulumi_kubernetes"}


def test_this_machine_loads_no_cloud() -> None:
    """The local stack needs none of the clouds' SDKs."""
    assert loaded("local") == set()


def test_sdks_are_imported_by_their_platform_alone() -> None:
    """A cloud's SDK stands in `components/<capability>/<platform>` or in what its backends share."""
    strays = []
    for file in (paths.project() / "components").rglob("*.py"):
        place = file.relative_to(paths.project() / "components").parts
        text = file.read_text(encoding="utf-8")
        for sdk, platform in CLOUDS.items():
            if f"import {sdk}" not in text and f"from {sdk}" not in text:
                continue
            own = {part.removesuffix(".py") for part in place[1:]}
            if platform not in own and place[0] not in SHARED and sdk != "pulumi_kubernetes":
                strays.append(f"{'/'.join(place)} imports {sdk}")
    assert strays == []
