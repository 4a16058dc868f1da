"""What a platform can't begin without is told with its place in the stack file, before an engine starts."""

import re
from pathlib import Path

import pytest

from infra import paths
from infra.problems import ProblemsError
from infra.settings import from_file
from stacks import checks

STACKS = sorted(file.name for file in (paths.project() / "stacks").glob("Pulumi.*.yaml"))


def told(tmp_path: Path, stack: str, *changes: tuple[str, str]) -> list[str]:
    """Give the mistakes of a stack file of ours after some changes, each a pattern and what comes in its place."""
    text = (paths.project() / "stacks" / f"Pulumi.{stack}.yaml").read_text()
    for pattern, new in changes:
        text, count = re.subn(pattern, new, text)
        assert count, pattern
    file = tmp_path / f"Pulumi.{stack}.yaml"
    file.write_text(text)
    try:
        from_file(file, checks.mistakes)
    except ProblemsError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize("file", STACKS)
def test_our_own_stacks_pass(file: str) -> None:
    """Every stack file that is kept here has what its platform needs."""
    from_file(paths.project() / "stacks" / file, checks.mistakes)


@pytest.mark.parametrize(
    ("stack", "pattern", "new", "line"),
    [
        ("gcp-dev", "region: europe-west4", "region: europ-west4", "causeway:region: gcp has no region"),
        ("gcp-dev", "  causeway:region: .*\n", "", "causeway:region: is missing"),
        ("aws-prod", "replica_region: .*", "replica_region: eu-x", "corpus.replica_region: aws has no region"),
        ("aws-dev", "  causeway:account: .*\n", "", "causeway:account: is missing"),
        ("gcp-dev", "  causeway:account: .*\n", "", "causeway:account: is missing"),
        ("azure-dev", "  causeway:account: .*\n", "", "causeway:account: is missing"),
        ("aws-dev", "    admin_principals: .*\n", "", "cluster.admin_principals: is missing"),
        ("onprem", "causeway:kubeconfig: [|]\n(    .*\n)+", "causeway:kubeconfig: ''\n", "kubeconfig: is missing"),
        ("aws-dev", "purpose: system", "purpose: serving", "cluster.pools: none is a system pool"),
        ("aws-dev", "accelerator: a10g, accelerators: 1", "machine: p5.48xlarge", "pools.gpu.capacity: is missing"),
    ],
)  # fmt: skip
def test_what_is_missing(tmp_path: Path, stack: str, pattern: str, new: str, line: str) -> None:
    """One mistake has one line, which names the key; a refusal by the component would come after the network."""
    found = told(tmp_path, stack, (pattern, new))
    assert len(found) == 1, found
    assert line in found[0]
    assert f"Pulumi.{stack}.yaml:" in found[0]


def test_no_mistake_hides_another(tmp_path: Path) -> None:
    """A pool that comes to no machine is told beside one that contradicts itself and an unknown region."""
    changes = [
        ("e2-standard-4", "e2-standard-5"),
        ("min_nodes: 0", "min_nodes: 3"),
        ("region: eu", "region: e"),
    ]
    words = " ".join(told(tmp_path, "gcp-dev", *changes))
    assert all(word in words for word in ("pools.system.machine", "pools.gpu.nodes", "causeway:region"))


def test_a_wrong_type_is_told_once(tmp_path: Path) -> None:
    """An account without quotes is of a wrong type, and not missing besides."""
    found = told(tmp_path, "aws-dev", ("account: .*", "account: 123456789012"))
    assert [problem.partition("; ")[0].partition(" ")[2] for problem in found] == [
        "causeway:account: given 123456789012"
    ]
