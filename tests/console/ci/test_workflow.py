"""The workflow keeps what it promises: no secret for forks, one script, least rights."""

import re
from typing import Any

import yaml

from infra import paths

FILE = paths.project() / ".github" / "workflows" / "preview.yml"


def jobs() -> dict[str, Any]:
    """Read the jobs."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["jobs"]
    return found


def steps(job: str) -> list[dict[str, Any]]:
    """Read the steps of a job."""
    found: list[dict[str, Any]] = jobs()[job]["steps"]
    return found


def test_every_command_is_ours_or_the_set_up() -> None:
    """The steps only prepare the clone and call `causeway ci`: what they do can be done on a desk."""
    commands = [
        line for job in jobs() for step in steps(job) if "run" in step for line in step["run"].splitlines()
    ]
    assert commands
    assert [line for line in commands if line != "make setup" and "-m console ci" not in line] == []


def test_a_fork_needs_no_secret() -> None:
    """Only the job of the real cloud reads a secret or asks for an identity, and it is not run for forks."""
    for name, job in jobs().items():
        text = yaml.safe_dump(job)
        if name == "real":
            assert "head.repo.full_name == github.repository" in job["if"]
        else:
            assert "secrets." not in text
            assert "id-token" not in text


def test_titles_of_strangers_reach_no_shell() -> None:
    """No expression stands inside a command: values reach it as variables, quoted."""
    assert all("${{" not in step["run"] for job in jobs() for step in steps(job) if "run" in step)


def test_tokens_are_not_left_in_checkouts_and_write_little() -> None:
    """The default is read only; comments and scanning are written by the report alone."""
    whole = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    assert whole["permissions"] == {"contents": "read"}
    writers = {name for name, job in jobs().items() if "write" in job.get("permissions", {}).values()}
    assert writers == {"real", "report"}
    checkouts = [step for job in jobs() for step in steps(job) if "checkout" in step.get("uses", "")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_actions_of_others_are_named_by_commit() -> None:
    """Every action is pinned by its commit, with its version beside it: a tag that is moved reaches no token."""
    used = [
        line.strip().removeprefix("- ")
        for file in FILE.parent.glob("*.yml")
        for line in file.read_text(encoding="utf-8").splitlines()
        if "uses:" in line
    ]
    assert len(used) > 10
    pinned = re.compile(r"uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [line for line in used if not pinned.fullmatch(line)] == []
