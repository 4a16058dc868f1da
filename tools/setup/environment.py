"""The shared Python environment: built once per lock file and Python version, linked into each clone."""

import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from tools.setup import cache, say

CLONE = Path(__file__).resolve().parents[2]
LOCK_FILE = CLONE / "requirements.txt"
UV_LOCK_FILE = CLONE / "tools" / "setup" / "uv.txt"
DONE = ".causeway-complete"


class SetupError(Exception):
    """Set-up can't go on; the text says what to do."""


def key() -> str:
    """Name the environment by what decides its content: lock file, Python, machine."""
    digest = hashlib.sha256(LOCK_FILE.read_bytes())
    digest.update(
        f"{platform.python_version()} {sys.platform} {platform.machine()} {sys.base_prefix}".encode()
    )
    return f"python-{digest.hexdigest()[:12]}"


def ensure() -> Path:
    """Give the folder of the complete shared environment, building it if it isn't there."""
    home = cache.root() / key()
    if (home / DONE).exists():
        return home
    with cache.lock(key()):
        if not (home / DONE).exists():
            _build(home)
    return home


def link(home: Path) -> None:
    """Give the clone its thin `.venv`: the shared packages, the clone's own rooms and the `causeway` command."""
    thin = CLONE / ".venv"
    packages = thin / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    path_file = packages / "causeway.pth"
    content = f"import site; site.addsitedir({str(_site_packages(home))!r})\n{CLONE}\n"
    if path_file.exists() and path_file.read_text() == content and (thin / "bin" / "causeway").exists():
        return
    with cache.lock(f"link-{hashlib.sha256(str(CLONE).encode()).hexdigest()[:12]}"):
        shutil.rmtree(thin, ignore_errors=True)
        venv.EnvBuilder(with_pip=False, symlinks=True).create(thin)
        script = thin / "bin" / "causeway"
        # a shell's script, as the first line of another one can't name a path with spaces or of more than 127 bytes
        python = shlex.quote(str(thin / "bin" / "python"))
        script.write_text(f'#!/bin/sh\nexec {python} -P -m console "$@"\n')
        script.chmod(0o755)
        path_file.write_text(content)  # last: its presence says that the link is whole


def _site_packages(home: Path) -> Path:
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(home), "platbase": str(home)}))


def _build(home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    tool = uv()
    count = sum(1 for line in LOCK_FILE.read_text().splitlines() if "==" in line)
    env = {**os.environ, "VIRTUAL_ENV": str(home), "UV_NO_PROGRESS": "1"}
    with say.step("create the Python environment"):
        _run([tool, "venv", "--quiet", "--clear", "--force", "--python", sys.executable, str(home)], env)
    with say.step(f"install {count} packages (torch is about 5 GB with its libraries)"):
        _run(
            [tool, "pip", "install", "--system-certs", "--quiet", "--require-hashes", "-r", str(LOCK_FILE)],
            env,
        )
    with say.step("byte-compile them, so that every later start is fast"):
        _compile(home)
    (home / DONE).touch()


def _compile(home: Path) -> None:
    # -q twice: some packages ship files for other Python versions; that they do not compile is no error
    python = str(home / "bin" / "python")
    command = [python, "-m", "compileall", "-q", "-q", "-j", "0", str(_site_packages(home))]
    subprocess.run(command, check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""})


def uv() -> str:
    """Give the pinned uv, fetching it if it is not there.

    Raises:
        SetupError: It can't be fetched.
    """
    pin = next(line for line in UV_LOCK_FILE.read_text().splitlines() if line.startswith("uv=="))
    version = pin.split("==")[1].split()[0]
    home = cache.root() / f"uv-{version}"
    binary = home / "bin" / "uv"
    with cache.lock(home.name):
        if not (home / DONE).exists():
            with say.step(f"fetch uv {version}"):
                shutil.rmtree(home, ignore_errors=True)
                venv.EnvBuilder(with_pip=True).create(home)
                pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes"]
                _run([*pip, "--disable-pip-version-check", "-r", str(UV_LOCK_FILE)], dict(os.environ))
                (home / DONE).touch()
    return str(binary)


def _run(command: list[str], env: dict[str, str]) -> None:
    result = subprocess.run(
        command, env=env, text=True, stderr=subprocess.PIPE, check=False, stdin=subprocess.DEVNULL
    )
    if result.returncode:
        tail = "\n".join(result.stderr.strip().splitlines()[-8:])
        raise SetupError(f"{' '.join(command[:3])} failed with exit code {result.returncode}:\n{tail}")
