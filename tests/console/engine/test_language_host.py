"""The real engine with our language host: what a user does with a Python program, a policy pack and a component."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.engine

RUNTIME = f"runtime: {{name: python, options: {{toolchain: pip, virtualenv: {sys.prefix}}}}}\n"

PROGRAM = """
import pulumi

class Group(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:index:Group", name)
        self.kept = pulumi.Stash("kept", input=settings.require_int("size"), opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({})

settings = pulumi.Config()
print("in", pulumi.get_stack(), "of", pulumi.get_organization())
pulumi.export("size", Group("group").kept.output)
pulumi.export("password", settings.require_secret("password"))
"""

PACK = """
import pulumi
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def never(args, report):
    if args.resource_type == "pulumi:index:Stash":
        report(f"stack={pulumi.get_stack()} project={pulumi.get_project()} preview={pulumi.runtime.is_dry_run()}")

rule = ResourceValidationPolicy("never", "Nothing is allowed", never, enforcement_level=EnforcementLevel.MANDATORY)
PolicyPack("strict", [rule])
"""

COMPONENT = """
from typing import TypedDict
import pulumi
from pulumi.provider.experimental import component_provider_host

class GroupArgs(TypedDict):
    size: pulumi.Input[int]
    \"\"\"Number of members.\"\"\"

class Group(pulumi.ComponentResource):
    doubled: pulumi.Output[int]

    def __init__(self, name: str, args: GroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("small:index:Group", name, {}, opts)
        self.doubled = pulumi.Output.from_input(args["size"]).apply(lambda size: int(size) * 2)
        self.register_outputs({"doubled": self.doubled})

component_provider_host(name="small", components=[Group])
"""

HOLD = """
import asyncio, pulumi

async def hold():
    print("holding", flush=True)
    await asyncio.sleep(300)

pulumi.export("never", pulumi.Output.from_input(hold()))
"""

Pulumi = Callable[..., "subprocess.CompletedProcess[str]"]


def folder(at: Path, **files: str) -> Path:
    """Write a folder of sources; `_` in a name stands for the dot."""
    at.mkdir()
    for name, content in files.items():
        (at / name.replace("_yaml", ".yaml").replace("_py", ".py")).write_text(content)
    return at


@pytest.fixture
def project(tmp_path: Path, engine_env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a project with a private state, whose commands find nothing but what is installed."""
    for name, value in engine_env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/nowhere")
    config = "config:\n  size: {type: integer, default: 3}\n  password: {default: hunter2, secret: true}\n"
    return folder(tmp_path / "project", Pulumi_yaml=f"name: test\n{RUNTIME}{config}", __main___py=PROGRAM)


@pytest.fixture
def pulumi(project: Path) -> Pulumi:
    """Give a way to run commands on a fresh stack of the project."""

    def run(*arguments: str, ok: bool = True) -> "subprocess.CompletedProcess[str]":
        command = ["pulumi", *arguments, "--non-interactive"]
        result = subprocess.run(
            command, cwd=project, text=True, capture_output=True, timeout=300, check=False
        )
        assert (result.returncode == 0) is ok, result.stdout + result.stderr
        return result

    run("stack", "init", "dev")
    return run


def test_a_program_lives_and_dies(pulumi: Pulumi) -> None:
    """A program is previewed, deployed, refreshed and destroyed, with its configuration and its output."""
    assert "in dev of organization" in pulumi("preview").stdout
    pulumi("up", "--yes", "--skip-preview")
    outputs = pulumi("stack", "output", "--json").stdout
    assert json.loads(outputs) == {"size": 3, "password": "[secret]"}
    assert "3 unchanged" in pulumi("refresh", "--yes", "--skip-preview").stdout
    pulumi("destroy", "--yes", "--skip-preview")
    assert json.loads(pulumi("stack", "export").stdout)["deployment"].get("resources", []) == []


def test_a_broken_program_is_shown(project: Path, pulumi: Pulumi) -> None:
    """An exception of the program is shown with its place, once."""
    (project / "__main__.py").write_text("raise ValueError('no such region')\n")
    result = pulumi("preview", ok=False)
    shown = result.stdout[result.stdout.index("Diagnostics:") :]
    assert shown.count("ValueError: no such region") == 1
    assert "__main__.py" in shown


def test_a_policy_pack_knows_the_stack(tmp_path: Path, pulumi: Pulumi) -> None:
    """A pack runs in its own process with the stack's name, and a mandatory violation fails the preview."""
    pack = folder(tmp_path / "pack", PulumiPolicy_yaml=RUNTIME, __main___py=PACK)
    result = pulumi("preview", "--policy-pack", str(pack), ok=False)
    assert "stack=dev project=test preview=True" in result.stdout


def test_a_component_package_has_a_schema_and_an_sdk(tmp_path: Path, pulumi: Pulumi) -> None:
    """A component in Python is described to other languages, and gets a Python package for other projects."""
    package = folder(tmp_path / "small", PulumiPlugin_yaml=RUNTIME, __main___py=COMPONENT)
    schema = json.loads(pulumi("package", "get-schema", str(package)).stdout)
    group = schema["resources"]["small:index:Group"]
    assert group["inputProperties"]["size"] == {"type": "integer", "description": "Number of members."}
    pulumi("package", "gen-sdk", str(package), "--language", "python", "--out", str(tmp_path / "sdk"))
    source = tmp_path / "sdk" / "python" / "pulumi_small" / "group.py"
    assert "class Group(pulumi.ComponentResource)" in source.read_text()


def test_about_names_python_and_packages(pulumi: Pulumi) -> None:
    """`pulumi about` shows the project's own Python and what is installed in it, without a complaint."""
    result = pulumi("about", "--transitive")
    assert f"executable='{sys.prefix}/bin/python'" in result.stdout
    assert "pulumi-policy" in result.stdout
    assert "warning" not in result.stdout + result.stderr


def test_install_leaves_a_complete_environment_alone(pulumi: Pulumi) -> None:
    """`pulumi install` needs no network when everything is there."""
    assert "are installed" in pulumi("install").stdout


@pytest.mark.usefixtures("pulumi")
def test_an_interrupt_is_quiet_and_leaves_no_process(tmp_path: Path, project: Path) -> None:
    """Ctrl-C ends the program and the policy pack without a traceback, and nothing keeps running."""
    (project / "__main__.py").write_text(HOLD)
    pack = folder(tmp_path / "pack", PulumiPolicy_yaml=RUNTIME, __main___py=PACK)
    command = ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--policy-pack", str(pack)]
    with subprocess.Popen(
        command, cwd=project, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as run:
        assert run.stdout is not None
        said = ""
        for line in run.stdout:
            said += line
            if "holding" in line:
                break
        children = psutil.Process(run.pid).children(recursive=True)
        os.kill(run.pid, signal.SIGINT)
        said += run.stdout.read()
        assert run.wait(timeout=60) != 0
    assert len(children) >= 3  # the host, the program and the pack
    assert psutil.wait_procs(children, timeout=10)[1] == []
    assert "Traceback" not in said
    assert "KeyboardInterrupt" not in said
