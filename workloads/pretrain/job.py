"""The environment contract: where the store is, what to train, where the result goes."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workloads.pretrain.errors import RunError
from workloads.pretrain.spec import PretrainSpec


@dataclass(frozen=True, slots=True)
class Job:
    """One run, as its environment describes it."""

    spec: PretrainSpec
    """CAUSEWAY_CONFIG: settings as JSON; absent: all defaults."""

    store_url: str
    """CAUSEWAY_STORE_URL: file:///..., s3://..., gs://... or abfss://container@account...; required."""

    key_ring: str | None
    """CAUSEWAY_KEY_RING: folder of the key ring; absent or empty where the platform encrypts."""

    run: str
    """CAUSEWAY_RUN: prefix of all objects of this run. Default: runs/pretrain."""

    result: Path | None
    """CAUSEWAY_RESULT: where the result's JSON is written at the end; absent: nowhere."""

    scratch: Path
    """CAUSEWAY_SCRATCH: private folder (0700). Default: one in the temporary folder, named after the launcher."""

    @classmethod
    def parse(cls, environment: Mapping[str, str]) -> "Job":
        """Read the contract; raise a RunError that names the variable."""
        url = environment.get("CAUSEWAY_STORE_URL", "")
        if not url:
            raise RunError(
                "CAUSEWAY_STORE_URL is not set; give the store, such as file:///var/lib/causeway/data"
            )
        result = environment.get("CAUSEWAY_RESULT")
        return cls(
            spec=read_spec(environment),
            store_url=url,
            key_ring=environment.get("CAUSEWAY_KEY_RING") or None,
            run=environment.get("CAUSEWAY_RUN") or "runs/pretrain",
            result=Path(result) if result else None,
            scratch=_scratch(environment.get("CAUSEWAY_SCRATCH")),
        )


def read_spec(environment: Mapping[str, str]) -> PretrainSpec:
    """Read CAUSEWAY_CONFIG; raise a RunError when it is no JSON object of settings."""
    text = environment.get("CAUSEWAY_CONFIG") or "{}"
    try:
        settings = json.loads(text)
    except json.JSONDecodeError as error:
        raise RunError(f"CAUSEWAY_CONFIG is no JSON ({error}): {text[:80]!r}") from error
    if not isinstance(settings, dict):
        raise RunError(f"CAUSEWAY_CONFIG must be a JSON object of settings, not {text[:80]!r}")
    return PretrainSpec.parse(settings)


def default_scratch(launcher: int) -> Path:
    """Name the folder that a launcher's workers share when none is given."""
    return Path(tempfile.gettempdir()) / f"causeway-{os.getuid()}-{launcher}"


def _scratch(given: str | None) -> Path:
    """Give the scratch folder, private to this user and shared by the workers of one launcher."""
    path = Path(given) if given else default_scratch(os.getppid())
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = path.stat()
    if state.st_uid != os.getuid() or state.st_mode & 0o077:
        raise RunError(
            f"scratch folder {path} is open to others (mode {state.st_mode & 0o777:o}); chmod 700 it"
        )
    return path
