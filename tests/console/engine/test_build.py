"""Building the engine: once, whole or not at all, and the same whatever the user's Go settings are."""

import threading
from pathlib import Path

import pytest

from console.engine import EngineError, build, go, version
from tests.console.engine.machine import Machine

GO = """
echo "$1 $GOFLAGS $GOOS" >> "$CALLS"
case "$1" in
env) echo go1.25.11 ;;
list) echo "$SDK" ;;
build) sleep 0.2
  while [ "$1" != -o ]; do shift; done
  echo x > "$2/pulumi"; echo x > "$2/pulumi-language-python" ;;
esac
"""


@pytest.fixture
def calls(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install a stand-in for Go that writes down how it was called."""
    for script in build.SCRIPTS:
        machine.command(script, "exit 0", tmp_path / "sdk" / "python")
    monkeypatch.setenv("SDK", str(tmp_path / "sdk"))
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("GOOS", "plan9")
    machine.command("go", GO)
    return tmp_path / "calls"


def test_engine_is_built_into_the_cache(machine: Machine, calls: Path) -> None:
    """A build gives the command, the language host and its scripts, for this very machine."""
    engine = build.build("3.259.0")
    assert engine.pulumi.parent == machine.cache / f"engine-3.259.0-{build.key()}" / "bin"
    assert {path.name for path in engine.pulumi.parent.iterdir()} == {
        "pulumi",
        "pulumi-language-python",
        "pulumi-language-python-exec",
        "pulumi-resource-pulumi-python",
    }
    assert "plan9" not in calls.read_text()
    assert "build -mod=readonly -buildvcs=false" in calls.read_text()


def test_two_builds_at_once_do_the_work_once(machine: Machine, calls: Path) -> None:
    """The second of two builds waits for the first one and takes what it made."""
    found: list[Path] = []
    builders = [
        threading.Thread(target=lambda: found.append(build.build("3.259.0").pulumi)) for _ in range(2)
    ]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    assert len(set(found)) == 1
    assert [line.split()[0] for line in calls.read_text().splitlines()].count("build") == 1


def test_failed_build_leaves_nothing(machine: Machine, calls: Path) -> None:
    """A build that fails shows Go's own words, and leaves no half engine behind."""
    machine.command("go", '[ "$1" = env ] && echo go1.30.0 && exit; echo no space left >&2; exit 1')
    with pytest.raises(EngineError, match="no space left"):
        build.build("3.259.0")
    assert not list(machine.cache.glob("engine-*/"))


def test_leftovers_of_a_killed_build_vanish(machine: Machine, calls: Path) -> None:
    """What a killed build left is removed by the next one."""
    half = machine.cache / f"engine-3.259.0-{build.key()}.partial-1234"
    half.mkdir(parents=True)
    build.build("3.259.0")
    assert not half.exists()


def test_old_go_is_refused(machine: Machine) -> None:
    """A Go that can't fetch newer tool chains is named, with what to install."""
    machine.command("go", "echo go1.20.3")
    with pytest.raises(EngineError, match=r"is go1\.20\.3, which can't build.*install Go 1\.21"):
        go.find()


def test_key_follows_the_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of a source names another build, a change of a test does not."""
    for name in ("go.mod", "host/run.go", "host/run_test.go"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1")
    monkeypatch.setattr(build, "source", lambda: tmp_path)
    before = build.key()
    (tmp_path / "host/run_test.go").write_text("2")
    assert build.key() == before
    (tmp_path / "host/run.go").write_text("2")
    assert build.key() != before


def test_the_module_is_pinned_to_the_wanted_version() -> None:
    """The Go module and the Python package are of the very version that the project asks for."""
    module = (version.source() / "go.mod").read_text()
    for part in ("pkg", "sdk"):
        assert f"github.com/pulumi/pulumi/{part}/v3 v{version.wanted()}" in module
    assert f'"pulumi=={version.wanted()}"' in (version.source().parents[1] / "pyproject.toml").read_text()
