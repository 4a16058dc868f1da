"""Plans of the cloud stacks, made once for all tests that read them, and the option that records graphs again."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from console.rehearse.standins import StandIns
from console.workspace import init_elsewhere
from infra import paths

STACKS = {"aws": "aws-prod", "gcp": "gcp-prod", "azure": "azure-prod", "onprem": "onprem"}
"""By platform: the stack that has every capability."""
STOPPED = "error: preview failed\n"
"""All that a preview says as JSON when judges stop it; a program that fails says more."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--record-golden`."""
    parser.addoption("--record-golden", action="store_true", help="write the golden graphs again")


@pytest.fixture(scope="session", params=STACKS)
def cloud(request: pytest.FixtureRequest) -> str:
    """Give one cloud after the other."""
    return str(request.param)


@pytest.fixture(scope="session")
def preview(
    cloud: str, engine_env: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Any]:
    """Give the engine's judged preview of the cloud's stack, of which nothing is there yet."""
    stack, folder = STACKS[cloud], tmp_path_factory.mktemp("golden")
    (folder / "state").mkdir()
    config = folder / "stack.yaml"
    config.write_bytes((paths.project() / "stacks" / f"Pulumi.{stack}.yaml").read_bytes())
    with StandIns(folder / "account") as standins:
        env = {
            **engine_env,
            "PULUMI_BACKEND_URL": f"file://{folder}/state",
            "PULUMI_DEBUG_PROVIDERS": standins.attached,
            "CAUSEWAY_HOME": str(folder),
        }

        init_elsewhere(stack, env, folder / "empty")
        words = ["--json", "--policy-pack", str(paths.project() / "policy"), "--stack", stack]
        done = subprocess.run(
            ["pulumi", "preview", *words, "--non-interactive", "--config-file", str(config)],
            cwd=paths.project(),
            env=env,
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )
    assert done.stdout.startswith("{"), done.stdout[-4000:] + done.stderr[-2000:]
    digest: Mapping[str, Any] = json.loads(done.stdout)
    return digest


@pytest.fixture(scope="session")
def resources(preview: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Give every resource that the preview would make, whatever the judges say of it."""
    errors = [told["message"] for told in preview["diagnostics"] if told["severity"] == "error"]
    assert not set(errors) - {STOPPED}, errors
    return [step["newState"] for step in preview["steps"]]
