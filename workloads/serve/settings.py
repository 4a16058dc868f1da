"""The environment of one server process, parsed once at its door."""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workloads.serve.spec import ServeSpec


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the process is told from outside."""

    spec: ServeSpec
    """How to serve."""
    model: str
    """Folder, or prefix in the store."""
    store_url: str
    """Store of the model; empty for a folder."""
    key_ring: str
    """Folder of the key ring; empty where the cloud encrypts."""
    host: str
    """Address to listen on; 127.0.0.1 by default."""
    port: int
    """Port to listen on."""
    api_keys: frozenset[str]
    """Bearer keys that are let in; empty lets everyone in."""

    def __repr__(self) -> str:
        return f"Settings(model={self.model!r}, {self.host}:{self.port}, {len(self.api_keys)} keys)"


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Read CAUSEWAY_MODEL, CAUSEWAY_STORE_URL, CAUSEWAY_KEY_RING, CAUSEWAY_CONFIG, HOST and PORT."""
    spec = ServeSpec.parse(_config(environment.get("CAUSEWAY_CONFIG") or "{}"), "CAUSEWAY_CONFIG")
    model = environment.get("CAUSEWAY_MODEL", "")
    if not model:
        raise ValueError(
            "CAUSEWAY_MODEL is not set: give a model's folder, or its prefix in CAUSEWAY_STORE_URL"
        )
    port = environment.get("PORT") or str(spec.port)
    if not port.isdigit() or not 0 <= int(port) <= 65535:
        raise ValueError(f"PORT is {port!r}, it must be a number from 0 to 65535 (0 takes a free port)")
    return Settings(
        spec=spec,
        model=model,
        store_url=environment.get("CAUSEWAY_STORE_URL", ""),
        key_ring=environment.get("CAUSEWAY_KEY_RING", ""),
        host=environment.get("HOST") or "127.0.0.1",
        port=int(port),
        api_keys=read_keys(spec.api_key_file),
    )


def _config(text: str) -> dict[str, object]:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ValueError(f"CAUSEWAY_CONFIG is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise ValueError("CAUSEWAY_CONFIG must be a JSON object of the fields of ServeSpec")  # noqa: TRY004 - users' mistakes are ValueErrors
    return content


def read_keys(path: str) -> frozenset[str]:
    """Read bearer keys from a private file, one a line; others must not be able to read it."""
    if not path:
        return frozenset()
    file = Path(path)
    if not file.is_file():
        raise ValueError(f"api_key_file {path}: no such file")
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) and not os.environ.get("KUBERNETES_SERVICE_HOST"):
        raise ValueError(f"api_key_file {path}: others can read it; run chmod 600 on it")
    keys = frozenset(line.strip() for line in file.read_text().splitlines() if line.strip())
    if not keys:
        raise ValueError(f"api_key_file {path}: no key in it; write one a line")
    return keys
