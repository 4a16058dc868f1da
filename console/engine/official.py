"""The official release, by the installer that comes with Pulumi's own SDK."""

import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

from console.engine import cached as cache_folder
from console.engine import version as versions
from console.engine.model import Engine
from tools.setup import cache, say

ORIGIN = "official release"
SITE = "https://get.pulumi.com/install.sh"
PROBE_SECONDS = 3.0
INSTALL_SECONDS = 600.0
INSTALL = """
import sys
from pulumi.automation import PulumiCommand
from semver import VersionInfo
PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))
"""
"""A process of its own: the installer has no time limit, so that it is ended from outside."""


def cached(version: str) -> Engine | None:
    """Give the release that was installed before; None when there is none."""
    return cache_folder.engine(_home(version), version, ORIGIN)


def install(version: str) -> Engine | None:
    """Install the release into the cache; None, within seconds, when its site can't be reached."""
    if not _reachable():
        return None
    home = _home(version)
    with cache.lock(home.name):
        if (ready := cached(version)) is not None:
            return ready
        try:
            with (
                say.step(f"install the official Pulumi release {version}"),
                cache_folder.filling(home) as scratch,
            ):
                _run_installer(scratch, version)
        except (OSError, subprocess.SubprocessError) as problem:
            say.error(f"the official installer failed ({_reason(problem)}), building from source instead")
    return cached(version)


def _home(version: str) -> Path:
    return cache_folder.home(version, "official")


def _reachable() -> bool:
    """Ask for the installer's first bytes. A thread, as looking up a name has no time limit of its own."""
    answers: list[bool] = []

    def ask() -> None:
        try:
            with urllib.request.urlopen(SITE, timeout=PROBE_SECONDS) as response:
                answers.append(response.status == 200)
        except OSError:
            answers.append(False)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(PROBE_SECONDS)
    return answers == [True]


def _run_installer(root: Path, version: str) -> None:
    subprocess.run(
        [sys.executable, "-c", INSTALL, str(root), version],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=True,
    )
    if versions.of(root / "bin" / "pulumi") is None:
        raise OSError("it left no working `pulumi`")


def _reason(problem: Exception) -> str:
    output = getattr(problem, "stderr", None) or str(problem)
    return str(output).strip().splitlines()[-1]
