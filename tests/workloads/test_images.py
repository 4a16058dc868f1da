"""The Dockerfiles hold what the workloads import, locked, and nothing more."""

import ast
import importlib.metadata
import importlib.util
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tools.image.subset import entries, subset
from workloads.pretrain.spec import PretrainSpec
from workloads.serve.spec import ServeSpec

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.txt").read_text()
NAMES = ("pretrain", "serve")
BUNDLED = {"triton": "torch", "google": "protobuf"}
"""Modules that come with another package, or whose module has another name."""
LOADED = {"serve": {"httptools", "uvloop"}, "pretrain": set()}
"""Packages that no file of ours imports: uvicorn takes them by itself where they are."""


def imports(package: str) -> set[str]:
    """Give all modules that a package's files import, in full."""
    found = set()
    for file in (ROOT / "workloads" / package).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def dockerfile(name: str) -> list[list[str]]:
    """Give the instructions of an image's file, as words."""
    text = (ROOT / "workloads" / name / "Dockerfile").read_text().replace("\\\n", " ")
    return [shlex.split(line) for line in text.splitlines() if line and not line.startswith("#")]


def roots(name: str) -> list[str]:
    """Give the packages that the image asks for by name."""
    return next(
        words[1].removeprefix("ROOTS=").split() for words in dockerfile(name) if words[1].startswith("ROOTS=")
    )


def test_two_files_differ_only_in_what_is_the_workloads_own() -> None:
    """Packages, folder and command are each one's own; a line that is mended in one file alone is found here."""
    texts = ((ROOT / "workloads" / name / "Dockerfile").read_text().splitlines() for name in NAMES)
    differ = [pair for pair in zip(*texts, strict=True) if pair[0] != pair[1]]
    named, *rest = differ
    assert all(line.startswith("ARG ROOTS=") for line in named)
    assert [one.split()[0] for one, _ in rest] == ["COPY", "CMD"]
    assert all(one.replace("pretrain", "serve") == other for one, other in rest)


@pytest.mark.parametrize("name", NAMES)
def test_copies_exactly_what_is_imported(name: str) -> None:
    """Every room of ours that the workload imports, directly or through the store, is copied, and no other."""
    reached, waiting = {name}, [name]
    while waiting:
        parts = (module.split(".") for module in imports(waiting.pop()) if module.startswith("workloads."))
        for room in {part[1] for part in parts} - reached:
            reached.add(room)
            waiting.append(room)
    copied = {
        words[1] for words in dockerfile(name) if words[0] == "COPY" and words[1].startswith("workloads/")
    }
    assert copied == {"workloads/__init__.py", *(f"workloads/{room}" for room in reached)}
    assert all((ROOT / path).exists() for path in copied)


@pytest.mark.parametrize("name", NAMES)
def test_asks_for_exactly_what_is_imported(name: str) -> None:
    """The named packages are the ones whose modules the workload and the store import; all are locked by hash."""
    modules = {module.split(".")[0] for room in (name, "store") for module in imports(room)}
    foreign = modules - sys.stdlib_module_names - {"workloads", "opentelemetry"}
    homes = importlib.metadata.packages_distributions()
    wanted = {BUNDLED.get(module) or homes[module][0].lower().replace("_", "-") for module in foreign}
    assert {root for root in roots(name) if not root.startswith("opentelemetry")} == wanted | LOADED[name]
    picked = subset(LOCK, roots(name))
    assert all("--hash=sha256:" in entry for entry in entries(picked).values())
    assert {"triton", "nvidia-nccl-cu13"} <= set(entries(picked))
    assert not {"pulumi", "boto3", "pytest", "mypy"} & set(entries(picked))


@pytest.mark.parametrize("name", NAMES)
def test_runs_as_nobody_in_particular_and_names_no_registry(name: str) -> None:
    """The last user is not root, and images are named without a host."""
    lines = dockerfile(name)
    assert [words[1] for words in lines if words[0] == "USER"][-1] == "10001:10001"
    text = (ROOT / "workloads" / name / "Dockerfile").read_text()
    assert not re.search(r"[a-z0-9-]+\.(io|com|org|dev|net)\b|:\d{4,5}/", text)


@pytest.mark.parametrize(
    ("name", "pod"), [("pretrain", PretrainSpec().pod(2, "", "")), ("serve", ServeSpec().pod("runs/one"))]
)
def test_the_commands_are_there(name: str, pod: object) -> None:
    """The image's own command and the pod's are modules of the copied package, and the names of both images agree."""
    command = next(words for words in dockerfile(name) if words[0] == "CMD")
    own = [word.strip("[],") for word in command[1:]]
    for words in (own, list(pod.command)):  # type: ignore[attr-defined]  # both workloads' Pod
        assert words[:2] == ["python", "-m"]
        assert words[2].startswith(f"workloads.{name}")
        assert importlib.util.find_spec(words[2]) is not None
    assert pod.image == f"causeway/{name}:0.1.0"  # type: ignore[attr-defined]  # both workloads' Pod


def test_an_image_may_be_pinned_by_digest() -> None:
    """What the stack names is what the pod runs."""
    pinned = f"registry.example.org/causeway/any@sha256:{'0' * 64}"
    assert PretrainSpec.parse({"image": pinned}).pod(0, "", "").image == pinned
    assert ServeSpec.parse({"image": pinned}).pod("m").image == pinned


def test_the_subset_is_closed_and_a_missing_package_is_named() -> None:
    """Run as the image's build runs it: what a package needs comes along; a package that is not locked is an error."""
    script = ROOT / "tools" / "image" / "subset.py"
    command = [sys.executable, str(script), str(ROOT / "requirements.txt"), "uvicorn"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert set(entries(run.stdout)) == {"uvicorn", "click", "h11"}
    with pytest.raises(ValueError, match="not locked: nothing-such"):
        subset(LOCK, ["nothing-such"])
