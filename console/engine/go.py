"""The Go tool chain, run so that its result doesn't depend on the user's Go settings."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from console.engine.model import EngineError

OLDEST = (1, 21)
"""Since Go 1.21 the tool fetches by itself the newer tool chain that a module asks for."""
USUAL_FOLDER = "/usr/local/go/bin"
"""Where Go's own installer puts it, which isn't on PATH by itself."""
BUILD_SECONDS = 3600.0
OVERRIDES = {"GOFLAGS": "-mod=readonly -buildvcs=false", "GOTOOLCHAIN": "auto", "GOWORK": "off"}
FOREIGN = ("GOOS", "GOARCH", "GOEXPERIMENT")
"""Settings that would build for another machine."""
INSTALL_GO = "Install Go 1.21 or newer (https://go.dev/dl/) so that it can be built here."
ADVICE = (
    "Either install the Pulumi CLI (https://www.pulumi.com/docs/install/) and put it on PATH, "
    "or install Go 1.21 or newer (https://go.dev/dl/) so that it can be built here."
)


@dataclass(frozen=True)
class Go:
    """A Go command that is new enough."""

    command: str
    advice: str = ADVICE
    """What to do when it fails."""

    def run(self, folder: Path, *arguments: str) -> str:
        """Run one subcommand in a folder and give its output. Raises EngineError with the end of Go's own message."""
        try:
            result = subprocess.run(
                [self.command, *arguments],
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=BUILD_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as problem:
            raise EngineError(f"`go {arguments[0]}` did not end within {BUILD_SECONDS:.0f} s") from problem
        if result.returncode:
            tail = "\n".join(result.stderr.strip().splitlines()[-12:])
            raise EngineError(f"`go {arguments[0]}` failed in {folder}:\n{tail}\n{self.advice}")
        return result.stdout


def find(lack: str = "no Pulumi engine on this machine", advice: str = ADVICE) -> Go:
    """Give the Go command on PATH or in its usual folder.

    Args:
        lack: What cannot be built without it, as the end of "there is".
        advice: What to install instead.

    Raises:
        EngineError: There is none, or it is too old; the text says what to install.
    """
    command = shutil.which("go") or shutil.which("go", path=USUAL_FOLDER)
    if command is None:
        raise EngineError(f"there is {lack}, and no Go to build one. {advice}")
    text = subprocess.run(
        [command, "env", "GOVERSION"],
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    ).stdout
    found = re.match(r"go(\d+)\.(\d+)", text)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        raise EngineError(
            f"there is {lack}, and {command} is {text.strip() or 'broken'}, which can't build one. {advice}"
        )
    return Go(command, advice)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return {**kept, **OVERRIDES}
