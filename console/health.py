"""Whether the resources of this machine are alive, seen with our own eyes and not by the state."""

import urllib.error
import urllib.request
from dataclasses import dataclass

import psutil

from console.state import Resource

_TIMEOUT = 3.0


@dataclass(frozen=True)
class Health:
    """One resource's condition."""

    ok: bool
    """True when nothing needs to be done."""
    text: str
    """The condition in a few words."""


def of(resource: Resource) -> Health:
    """Look at one resource; kinds without a life of their own are well by being in the state."""
    look = _LOOK.get(resource.type)
    return look(resource) if look else Health(ok=True, text="ready")


def _service(resource: Resource) -> Health:
    pid, url = resource.outputs.get("pid"), resource.outputs.get("url")
    if not pid or not psutil.pid_exists(int(pid)):
        return Health(ok=False, text=f"dead: process {int(pid or 0)} is gone; `causeway up` starts it again")
    try:
        address = f"{url}{resource.inputs.get('healthPath', '/healthz')}"
        with urllib.request.urlopen(address, timeout=_TIMEOUT) as reply:  # noqa: S310  our own loopback address
            return Health(ok=reply.status == 200, text=f"healthy, process {int(pid)}")
    except (urllib.error.URLError, OSError) as error:
        return Health(ok=False, text=f"process {int(pid)} runs but does not answer: {error}")


def _job(resource: Resource) -> Health:
    status = str(resource.outputs.get("status", "unknown"))
    attempts = int(resource.outputs.get("attempts", 1) or 1)
    tries = f" in {attempts} attempts" if attempts > 1 else ""
    return Health(ok=status == "succeeded", text=f"{status}{tries}{_NEXT.get(status, '')}")


_NEXT = {
    "running": " when last seen; `causeway up` waits for its end",
    "failed": "; `causeway up` runs it again",
    "lost": "; `causeway up` runs it again, from its last checkpoint",
}
"""What a job that has not succeeded needs."""


_LOOK = {"localhost:index:Service": _service, "localhost:index:Job": _job}
