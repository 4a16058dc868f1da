"""A pull request from beginning to end: a clone, a branch, a dial, and the pages that the checks leave."""

import json
import subprocess
from pathlib import Path

import pytest
from clone import Clone, make

from console.rehearse import dial
from infra.catalog import prices

pytestmark = pytest.mark.engine

ROOT_GIB = 50
"""The root disk of a system node; it is priced with the node."""

CLOUDS = ("AWS_", "GOOGLE_", "AZURE_", "ARM_", "KUBECONFIG", "GITHUB_")


def git(folder: Path, *words: str) -> None:
    """Run git as somebody."""
    who = ["-c", "user.name=ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, timeout=60)


@pytest.fixture
def branch(tmp_path: Path) -> Clone:
    """Give a clone on a branch that turns one dial of one stack: its system pool gets a third machine."""
    clone = make(tmp_path / "clone")
    (clone.folder / ".gitignore").write_text(".causeway/\n.venv\n__pycache__/\n")
    git(clone.folder, "init", "-q")
    git(clone.folder, "add", "-A")
    git(clone.folder, "commit", "-q", "-m", "first")
    git(clone.folder, "checkout", "-q", "-b", "more")
    file = clone.stack_file("aws-dev")
    dial.turn(file, file, "cluster.pools.system.nodes=3")
    git(clone.folder, "commit", "-q", "-a", "-m", "one more")
    return clone


def test_a_fork_sees_what_its_change_costs(branch: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any cloud variable the one changed stack is planned beside its base, to the cent, with every page."""
    for name in [name for name in branch.env() if name.startswith(CLOUDS)]:
        monkeypatch.delenv(name)
    out = branch.folder / ".causeway" / "plans"
    result = branch.causeway("ci", "--base", "main", "--out", str(out))
    plan = json.loads((out / "aws-dev.json").read_text(encoding="utf-8"))
    machine = prices.lookup("aws", "m7i.xlarge", "eu-north-1")
    disk = prices.lookup("aws", "EBS gp3", "eu-north-1")
    assert isinstance(machine, prices.Price)
    assert isinstance(disk, prices.Price)
    assert round(plan["delta"], 2) == round(730 * machine.usd + ROOT_GIB * disk.usd, 2)
    assert (result.returncode == 5) == bool(plan["stops"])
    assert result.returncode in {0, 5}, result.stderr
    assert plan["bill"]["judged"] == round(plan["total"], 2)
    assert sorted(file.name for file in out.iterdir()) == sorted(
        [*(f"aws-dev.{kind}" for kind in ("html", "json", "md", "outcome", "sarif", "xml")), "summary.md"]
    )
    summary = (out / "summary.md").read_text(encoding="utf-8")
    assert f"{plan['delta']:+,.2f} USD a month" in summary
    assert "local" not in [line.split("**")[1] for line in summary.splitlines() if line.startswith("- ✅ **")]
