"""The components as a Pulumi package: what a project of someone else's, in any language, sees and gets."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from infra import paths

pytestmark = pytest.mark.engine

PACKAGE = paths.project() / "components"

PROJECT = {
    "name": "elsewhere",
    "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}},
    "plugins": {
        "providers": [
            {"name": "causeway", "path": str(PACKAGE)},
            {"name": "localhost", "path": str(paths.project() / "providers/localhost")},
        ]
    },
}

PROGRAM = """
import pulumi

class KeyRing(pulumi.ComponentResource):
    keys: pulumi.Output[dict]
    def __init__(self, name, **props):
        super().__init__("causeway:index:KeyRing", name, {"keys": None, **props}, None, remote=True)

class ObjectStore(pulumi.ComponentResource):
    url: pulumi.Output[str]
    def __init__(self, name, **props):
        super().__init__("causeway:index:ObjectStore", name, {"url": None, **props}, None, remote=True)

ring = KeyRing("ring", platform="local", rotationDays={"text": 90})
store = ObjectStore("store", platform="local", dataClass="text", key=ring.keys["text"], FORCE=True)
pulumi.export("url", store.url)
"""

Pulumi = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def pulumi(tmp_path: Path, engine_env: Mapping[str, str]) -> Pulumi:
    """Give the command on a project that is not ours, with its own state."""
    (tmp_path / "state").mkdir()
    (tmp_path / "Pulumi.yaml").write_text(json.dumps(PROJECT))
    env = {
        **engine_env,
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
        "CAUSEWAY_HOME": str(tmp_path / "home"),
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *words],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


def test_the_schema_describes_every_component_and_input(pulumi: Pulumi) -> None:
    """All capabilities are in it but `account`, and whoever completes an input in an editor reads what it is."""
    schema: dict[str, Any] = json.loads(pulumi("package", "get-schema", str(PACKAGE)).stdout)
    names = {token.rpartition(":")[2].lower() for token in schema["resources"]}
    folders = {file.parent.name.replace("_", "") for file in PACKAGE.glob("*/shape.py")}
    assert names == folders - {"account"}
    blank = [
        f"{token}.{name}"
        for token, kind in {**schema["resources"], **schema["types"]}.items()
        for name, one in {**kind.get("inputProperties", {}), **kind["properties"]}.items()
        if not one.get("description")
    ]
    assert blank == []


def test_a_foreign_program_gets_an_encrypted_bucket_and_one_clear_error(
    pulumi: Pulumi, tmp_path: Path
) -> None:
    """A misspelt input is refused with the right name before anything is made; mended, the bucket is there."""
    assert pulumi("stack", "init", "dev").returncode == 0
    program = tmp_path / "__main__.py"
    program.write_text(PROGRAM.replace("FORCE", "forceDestory"))
    refused = pulumi("up", "--yes", "--skip-preview", "--stack", "dev")
    assert refused.returncode != 0
    assert "did you mean 'forceDestroy'?" in refused.stdout + refused.stderr
    program.write_text(PROGRAM.replace("FORCE", "forceDestroy"))
    made = pulumi("up", "--yes", "--skip-preview", "--stack", "dev")
    assert made.returncode == 0, made.stdout + made.stderr
    assert pulumi("stack", "output", "url").stdout.startswith(f"file://{tmp_path}/home/")
    assert pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev").returncode == 0
