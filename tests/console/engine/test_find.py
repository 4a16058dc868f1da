"""Which engine is taken, of those that a machine has."""

import os
import shutil
from pathlib import Path

import pytest

import console.engine.__main__ as command
from console.engine import EngineError, ambient, build, environment, find, go, version
from tests.console.engine.machine import Machine


def test_engine_on_path_is_taken(machine: Machine) -> None:
    """A new enough `pulumi` on PATH with its language host beside it is used as it is."""
    pulumi = machine.pulumi(f"v{version.wanted()}")
    engine = find(allow_build=False)
    assert (engine.pulumi, engine.version, engine.origin) == (pulumi, version.wanted(), "on PATH")


def test_host_beside_the_real_file_counts(machine: Machine, tmp_path: Path) -> None:
    """A link on PATH to an engine elsewhere works, as the engine looks beside its real file too."""
    real = machine.pulumi("v3.300.0", tmp_path / "elsewhere")
    (machine.path / "pulumi").symlink_to(real)
    engine = ambient.find(version.wanted())
    assert engine is not None
    assert engine.pulumi == machine.path / "pulumi"


@pytest.mark.parametrize("given", ["v3.258.9", "v3.259.0-beta.1", "v4.0.0", "", "unknown"])
def test_unsuitable_engine_on_path_is_passed_over(machine: Machine, given: str) -> None:
    """An older, incompatible or broken `pulumi` on PATH is not used."""
    machine.pulumi(given)
    assert ambient.find("3.259.0") is None


def test_engine_without_language_host_is_passed_over(machine: Machine) -> None:
    """A `pulumi` that can't run Python is not used."""
    machine.command("pulumi", "echo v3.300.0")
    assert ambient.find("3.259.0") is None


def test_cached_build_is_taken(machine: Machine) -> None:
    """What an earlier build left in the cache is used without any work."""
    home = machine.cache / f"engine-{version.wanted()}-{build.key()}"
    pulumi = machine.pulumi(f"v{version.wanted()}", home / "bin")
    engine = find(allow_build=False)
    assert (engine.pulumi, engine.origin) == (pulumi, "built from source")


def test_cached_release_is_taken(machine: Machine) -> None:
    """What the official installer left in the cache is used without any work."""
    pulumi = machine.pulumi("v3.259.0", machine.cache / f"engine-{version.wanted()}-official" / "bin")
    engine = find(allow_build=False)
    assert (engine.pulumi, engine.origin) == (pulumi, "official release")


def test_nothing_is_built_unasked(machine: Machine) -> None:
    """Where building isn't allowed, the error says how to get an engine."""
    with pytest.raises(EngineError, match=r"python -m console\.engine"):
        find(allow_build=False)
    assert not machine.cache.exists()


def test_missing_go_is_explained(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With neither engine, network nor Go, the command names what to install and fails."""
    monkeypatch.setattr(go, "USUAL_FOLDER", str(machine.path))
    assert command.main() == 1
    said = capsys.readouterr().err
    assert "install the Pulumi CLI" in said
    assert "install Go 1.21" in said


def test_command_says_where_the_engine_is(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints one line about a ready engine."""
    pulumi = machine.pulumi("v3.300.1")
    assert command.main() == 0
    assert capsys.readouterr().out == f"Pulumi 3.300.1 (on PATH): {pulumi}\n"


def test_environment_puts_the_engine_first(machine: Machine) -> None:
    """A process with the given environment finds this engine and its host, and asks for no updates."""
    other = machine.path.parent / "other"
    engine_path = machine.pulumi("v3.300.1")
    engine = find(allow_build=False)
    machine.pulumi("v3.0.0", other)
    given = {**os.environ, "PATH": f"{other}{os.pathsep}{os.environ['PATH']}", **environment(engine)}
    assert shutil.which("pulumi", path=given["PATH"]) == str(engine_path)
    assert given["PULUMI_SKIP_UPDATE_CHECK"] == "true"


@pytest.mark.parametrize(
    ("given", "enough"),
    [("3.259.0", True), ("3.259.1", True), ("3.1000.0", True), ("3.258.9", False), ("3.259.0-a", False)],
)
def test_versions_are_compared_as_numbers(given: str, enough: bool) -> None:
    """Versions are ordered by their numbers, and a pre-release comes before its release."""
    assert version.new_enough(given, "3.259.0") is enough
