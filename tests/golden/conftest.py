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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--record-golden`."""
    parser.addoption("--record-golden", action="store_true", help="write the golden graphs again")


@pytest.fixture(scope="session", params=STACKS)
def cloud(request: pytest.FixtureRequest) -> str:
    """Give one cloud after the other."""
    return str(request.param)


@pytest.fixture(scope="session")
def resources(
    cloud: str, engine_env: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Sequence[Mapping[str, Any]]:
    """Give every resource that a preview of the cloud's stack would make."""
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

        def pulumi(*words: str) -> str:
            command = ["pulumi", *words, "--stack", stack, "--non-interactive", "--config-file", str(config)]
            done = subprocess.run(
                command,
                cwd=paths.project(),
                env=env,
                capture_output=True,
                text=True,
                timeout=500,
                check=False,
            )
            assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
            return done.stdout

        init_elsewhere(stack, env, folder / "empty")
        plan = json.loads(pulumi("preview", "--json"))
    return [step["newState"] for step in plan["steps"]]
