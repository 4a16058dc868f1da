"""What an API server refuses of pods, and of what makes pods: names, amounts, volumes, and rights over nodes.

Rights: kubernetes.io/docs/concepts/security/pod-security-standards. The server itself says of a job whose pods it would
refuse only a warning; here it is a refusal, since the pods would never come.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from providers.base.errors import Problem
from providers.base.values import Bag, Path

LEVEL = "pod-security.kubernetes.io/enforce"
"""The label of a namespace that says what its pods may do."""

_MAKERS = {"Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "Job"}
_BASELINE = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
_RESTRICTED = frozenset({"NET_BIND_SERVICE"})
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_PORT = re.compile(r"(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*")
_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?")
_SCALE = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}


def template(token: str, inputs: Bag) -> tuple[Path, Any] | None:
    """Find the pod in an object, with its path; None where the object makes none."""
    kind = token.rpartition(":")[2]
    steps: Path = ("spec",) if kind == "Pod" else ("spec", "template", "spec") if kind in _MAKERS else ()
    found: Any = inputs
    for step in steps:
        found = found.get(step) if isinstance(found, Mapping) else None
    return (steps, found) if steps and isinstance(found, Mapping) else None


def problems(token: str, inputs: Bag, level: str) -> Iterator[Problem]:
    """Check an object's pod.

    Args:
        token: The object's type.
        inputs: The object.
        level: What its namespace lets pods do: privileged, baseline or restricted.
    """
    found = template(token, inputs)
    if found is None:
        return
    path, pod = found
    containers = [
        ((*path, part, at), one) for part in ("initContainers", "containers") for at, one in _rows(pod, part)
    ]
    volumes = {one.get("name") for _, one in _rows(pod, "volumes")}
    for where, one in containers:
        yield from _container(where, one, volumes)
    if level in {"baseline", "restricted"}:
        yield from _node(path, pod, level)
        for where, one in containers:
            yield from _rights(where, one, pod, level)


def _rows(owner: Any, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    rows = owner.get(name) if isinstance(owner, Mapping) else None
    if isinstance(rows, Sequence) and not isinstance(rows, str):
        yield from ((at, one) for at, one in enumerate(rows) if isinstance(one, Mapping))


def _container(path: Path, one: Mapping[str, Any], volumes: set[Any]) -> Iterator[Problem]:
    name = one.get("name")
    if isinstance(name, str) and not _LABEL.fullmatch(name):
        yield Problem((*path, "name"), f"{name!r} is not a valid name: lower-case letters, digits, hyphens")
    for at, port in _rows(one, "ports"):
        label = port.get("name")
        if isinstance(label, str) and not _PORT.fullmatch(label):
            text = "up to 15 lower-case letters, digits and single hyphens, with a letter"
            yield Problem((*path, "ports", at, "name"), f"{label!r} is not a valid port name: {text}")
    for at, mount in _rows(one, "volumeMounts"):
        if isinstance(mount.get("name"), str) and mount["name"] not in volumes:
            text = f"the pod has no volume {mount['name']!r}"
            yield Problem((*path, "volumeMounts", at, "name"), text)
    yield from _amounts((*path, "resources"), one.get("resources"))


def _amounts(path: Path, given: Any) -> Iterator[Problem]:
    if not isinstance(given, Mapping):
        return
    requests, limits = (given.get(part) or {} for part in ("requests", "limits"))
    for part, amounts in (("requests", requests), ("limits", limits)):
        for name, amount in amounts.items() if isinstance(amounts, Mapping) else ():
            if isinstance(amount, str) and quantity(amount) is None:
                yield Problem((*path, part, name), f"{amount!r} is not a quantity, such as 500m, 8G or 8Gi")
    if not isinstance(requests, Mapping) or not isinstance(limits, Mapping):
        return
    for name in requests.keys() & limits.keys():
        asked, most = quantity(str(requests[name])), quantity(str(limits[name]))
        if asked is not None and most is not None and asked > most:
            text = f"{requests[name]!r} is more than the limit {limits[name]!r}"
            yield Problem((*path, "requests", name), text)
    yield from (
        Problem((*path, "requests", name), f"{name} cannot be shared: its limit has to be the same")
        for name in requests
        if "/" in str(name) and name not in limits
    )


def quantity(text: str) -> Decimal | None:
    """Read an amount as Kubernetes writes it; None when it is none."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return None
    number, unit = Decimal(found[1]), found[2] or ""
    if unit.endswith("i"):
        return number * Decimal(1024) ** ("KMGTPE".index(unit[0]) + 1)
    if unit[:1] in {"e", "E"} and len(unit) > 1:
        return number.scaleb(int(unit[1:]))
    return number.scaleb(_SCALE.get(unit, 0))


def _node(path: Path, pod: Mapping[str, Any], level: str) -> Iterator[Problem]:
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(name) is True:
            yield Problem((*path, name), _forbidden(level))
    for at, volume in _rows(pod, "volumes"):
        if volume.get("hostPath") is not None:
            yield Problem((*path, "volumes", at, "hostPath"), _forbidden(level))


def _rights(path: Path, one: Mapping[str, Any], pod: Mapping[str, Any], level: str) -> Iterator[Problem]:
    own = one.get("securityContext") or {}
    if not isinstance(own, Mapping):
        return
    where = (*path, "securityContext")
    rights = own.get("capabilities") or {}
    allowed = _RESTRICTED if level == "restricted" else _BASELINE
    added = [name for name in rights.get("add") or () if isinstance(name, str) and name not in allowed]
    if added:
        text = f"{', '.join(added)}: {_forbidden(level)}"
        yield Problem((*where, "capabilities", "add"), text)
    if own.get("privileged") is True:
        yield Problem((*where, "privileged"), _forbidden(level))
    if level == "restricted":
        yield from _strictest(where, own, pod, rights)


def _strictest(
    where: Path, own: Mapping[str, Any], pod: Mapping[str, Any], rights: Mapping[str, Any]
) -> Iterator[Problem]:
    shared = pod.get("securityContext") or {}
    shared = shared if isinstance(shared, Mapping) else {}
    if own.get("allowPrivilegeEscalation") is not False:
        yield Problem((*where, "allowPrivilegeEscalation"), f"has to be false: {_forbidden('restricted')}")
    if "ALL" not in (rights.get("drop") or ()):
        yield Problem((*where, "capabilities", "drop"), f"has to name ALL: {_forbidden('restricted')}")
    if own.get("runAsNonRoot", shared.get("runAsNonRoot")) is not True:
        yield Problem((*where, "runAsNonRoot"), f"has to be true: {_forbidden('restricted')}")
    profile = own.get("seccompProfile") or shared.get("seccompProfile") or {}
    kind = profile.get("type") if isinstance(profile, Mapping) else None
    if kind not in {"RuntimeDefault", "Localhost"}:
        text = f"has to be RuntimeDefault or Localhost: {_forbidden('restricted')}"
        yield Problem((*where, "seccompProfile", "type"), text)
    if own.get("runAsUser", shared.get("runAsUser")) == 0:
        yield Problem((*where, "runAsUser"), f"may not be 0: {_forbidden('restricted')}")


def _forbidden(level: str) -> str:
    return f"the namespace forbids it (its pods have the security level {level!r})"
