"""Which stacks a change touches."""

import pytest

from console.ci.changed import base_name, touched

STACKS = ["aws-dev", "aws-prod", "local"]


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        (["stacks/Pulumi.aws-dev.yaml"], ["aws-dev"]),
        (["stacks/Pulumi.aws-dev.yaml", "stacks/Pulumi.local.yaml", "README.md"], ["aws-dev", "local"]),
        (["components/gpu_cluster/aws.py"], STACKS),
        (["infra/catalog/data/prices.csv"], STACKS),
        (["policy/exemptions.yaml"], STACKS),
        (["requirements.txt"], STACKS),
        (["stacks/blueprint.py"], STACKS),
        (
            ["docs/why.md", "tests/console/ci/test_changed.py", "README.md", ".github/workflows/preview.yml"],
            [],
        ),
        (["stacks/Pulumi.gone.yaml"], []),
        ([], []),
    ],
)
def test_files_touch_stacks(files: list[str], wanted: list[str]) -> None:
    """A stack file touches its stack, code and prices touch all, pages and tests none, nor what is gone."""
    assert touched(files, STACKS) == wanted


def test_the_base_is_the_pull_requests_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is given wins, then the runner's variable, then main."""
    monkeypatch.setenv("GITHUB_BASE_REF", "release")
    assert (base_name("v1"), base_name("")) == ("v1", "origin/release")
    monkeypatch.delenv("GITHUB_BASE_REF")
    assert base_name("") == "main"
