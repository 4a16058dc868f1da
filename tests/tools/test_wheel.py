"""Whoever installs Causeway as a library gets all that its code reads, and a platform's extra is all that it needs."""

import re
import subprocess
import tomllib
from fnmatch import fnmatch

import pytest

from infra import paths

PROJECT = tomllib.loads((paths.project() / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = [
    pattern.removesuffix("*") for pattern in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
]


def test_every_data_file_is_in_the_wheel() -> None:
    """A tracked file of a room that isn't Python is matched by a pattern of the package data."""
    listed = subprocess.run(
        ["git", "ls-files", *ROOMS],
        cwd=paths.project(),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    ).stdout.split()
    data = [name for name in listed if not name.endswith(".py")]
    patterns = [one.replace("**/", "*/") for one in PROJECT["tool"]["setuptools"]["package-data"]["*"]]
    assert len(data) > 20
    assert [name for name in data if not any(fnmatch(name, pattern) for pattern in patterns)] == []


def test_a_library_brings_no_command() -> None:
    """`causeway` works on a clone, where set-up puts it: elsewhere it would miss `tools`."""
    assert "scripts" not in PROJECT["project"]


def test_the_page_on_reuse_names_every_room() -> None:
    """Whoever has a package of the same name is warned before the two meet in one environment."""
    page = (paths.project() / "docs" / "reuse.md").read_text(encoding="utf-8")
    warned = page.partition("### Names that may be yours too\n\n")[2].partition(". ")[0]
    assert sorted(re.findall(r"`(\w+)`", warned)) == sorted(ROOMS)


def test_a_type_checker_reads_every_room() -> None:
    """Each room has the marker of PEP 561: without it, checkers take an installed room for untyped."""
    assert [room for room in ROOMS if not (paths.project() / room / "py.typed").exists()] == []


@pytest.mark.parametrize("platform", ["aws", "gcp", "azure", "onprem"])
def test_the_extra_of_a_platform_has_every_package_that_its_files_import(platform: str) -> None:
    """With `pip install causeway[aws]` nothing of AWS ends in a missing module."""
    extra = " ".join(PROJECT["project"]["optional-dependencies"][platform]).replace("-", "_")
    root = paths.project() / "components"
    files = [
        *root.glob(f"*/{platform}.py"),
        *root.glob(f"*/{platform}/**/*.py"),
        *root.glob("kubernetes/*.py"),
    ]
    wanted = {
        name
        for file in files
        for name in re.findall(r"^(?:import|from) (pulumi_\w+)", file.read_text(), re.MULTILINE)
    }
    assert files
    assert {name for name in wanted if name not in extra} == set()
