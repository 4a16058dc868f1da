"""Every stack's objects before a real API server, after each `up` of a rehearsal."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra import paths

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]

STACKS = sorted(
    file.name.split(".")[1]
    for file in (paths.project() / "stacks").glob("Pulumi.*.yaml")
    if "platform: local" not in file.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("stack", STACKS)
def test_no_object_of_a_stack_is_refused(stack: str, tmp_path: Path) -> None:
    """Created, and changed by a turned dial: the server has nothing against any object, pod or value."""
    command = [sys.executable, "-m", "console", "rehearse", stack, "--judge", "kubernetes", "--json"]
    done = subprocess.run(
        command,
        cwd=paths.project(),
        env={**os.environ, "CAUSEWAY_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=880,
        check=False,
    )
    report = json.loads(done.stdout)
    assert [complaint for verdict in report["verdicts"] for complaint in verdict["complaints"]] == []
    assert report["ok"], [phase["wanted"] for phase in report["phases"]]
    assert report["verdicts"][0]["heard"]
