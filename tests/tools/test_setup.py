"""The thin environment of a clone works from wherever the clone lies."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from infra import paths
from tools.setup import environment, lock


def test_a_clone_in_a_folder_with_spaces_has_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`causeway` starts with its clone's own code from any folder, whatever the clone's path is made of."""
    clone = tmp_path / "my 'clöne'" / ("deep" * 40)
    clone.mkdir(parents=True)
    for room in ("console", "infra", "stacks", "policy", "providers", "components"):
        (clone / room).symlink_to(paths.project() / room)
    (tmp_path / "console").mkdir()  # a folder of the same name where the user stands is not ours
    (tmp_path / "console" / "__main__.py").write_text("raise SystemExit(9)")
    monkeypatch.setattr(environment, "CLONE", clone)
    monkeypatch.setattr(environment, "_site_packages", lambda _: sysconfig.get_path("purelib"))
    monkeypatch.setenv("CAUSEWAY_CACHE", str(tmp_path / "cache"))
    environment.link(Path(sys.prefix))
    done = subprocess.run(
        [clone / ".venv/bin/causeway", "upp"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "Did you mean 'up'?" in done.stderr
    shutil.rmtree(clone / ".venv")


def test_the_lock_is_written_for_every_machine_and_by_hash() -> None:
    """The command takes the project's own files; a named package may move, and nothing else."""
    words = lock.command("/x/uv", ["click", "rich"])
    assert words[:4] == ["/x/uv", "pip", "compile", "pyproject.toml"]
    assert words[-2:] == ["-o", "requirements.txt"]
    assert {"--universal", "--generate-hashes", "--all-extras"} < set(words)
    assert " ".join(words).count("--upgrade-package") == 2
    assert "--upgrade-package" not in lock.command("/x/uv", [])
