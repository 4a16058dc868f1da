"""A stand-in for a user's machine: what is on PATH, and what is in the cache."""

from pathlib import Path


class Machine:
    """Commands on PATH, and a cache folder, both empty at first."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "bin"
        self.cache = folder / "cache"
        self.path.mkdir()

    def command(self, name: str, script: str, folder: Path | None = None) -> Path:
        """Put a shell script on PATH, or in another folder."""
        path = (folder or self.path) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def pulumi(self, version: str, folder: Path | None = None) -> Path:
        """Put an engine on PATH, or in another folder."""
        self.command("pulumi-language-python", "exit 0", folder)
        return self.command("pulumi", f"echo {version}", folder)
