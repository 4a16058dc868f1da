"""What an API server refuses, and what it does not let anyone change.

Names and labels: kubernetes.io/docs/concepts/overview/working-with-objects, pages "names" and "labels".
Immutable fields: the API's own validation, as pulumi-kubernetes lists them (provider/pkg/provider/diff.go at
00302beb58ae).
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from providers.base.errors import Problem
from providers.base.values import Bag, Path

AUTONAMED = "pulumi.com/autonamed"
NAMESPACES = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})
"""Namespaces that every cluster has."""

_SUBDOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_1123 = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_LABEL_1035 = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
_LABEL_KEY = re.compile(
    r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
)
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")

_FILE = re.compile(r"[-._a-zA-Z0-9]{1,253}")

_CLUSTER_WIDE = frozenset(
    [
        "Namespace",
        "Node",
        "PersistentVolume",
        "ClusterRole",
        "ClusterRoleBinding",
        "StorageClass",
        "CustomResourceDefinition",
        "PriorityClass",
        "RuntimeClass",
        "CSIDriver",
        "CSINode",
        "VolumeAttachment",
        "VolumeAttributesClass",
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "APIService",
        "IngressClass",
        "FlowSchema",
        "PriorityLevelConfiguration",
        "CertificateSigningRequest",
        "ClusterTrustBundle",
        "DeviceClass",
        "ResourceSlice",
        "ServiceCIDR",
        "IPAddress",
    ]
)

_SELECTED = ("spec.selector",)
_IMMUTABLE: Mapping[str, tuple[str, ...]] = {
    "Deployment": _SELECTED,
    "DaemonSet": _SELECTED,
    "StatefulSet": (*_SELECTED, "spec.podManagementPolicy", "spec.serviceName", "spec.volumeClaimTemplates"),
    "Job": (*_SELECTED, "spec.completions", "spec.template"),
    "ConfigMap": ("binaryData", "data"),
    "Secret": ("type", "stringData", "data"),
    "Service": ("spec.clusterIP",),
    "PersistentVolumeClaim": ("spec",),
    "ResourceQuota": ("spec.scopes",),
    "RoleBinding": ("roleRef",),
    "ClusterRoleBinding": ("roleRef",),
    "StorageClass": ("parameters", "provisioner"),
}
_ALWAYS = ("apiVersion", "kind", "metadata.name", "metadata.namespace")
_RELEASE = ("name", "namespace")


def immutable(token: str, path: Path) -> bool:
    """Whether a change at a path needs a new object."""
    kind = token.rpartition(":")[2]
    fixed = _RELEASE if token.startswith("kubernetes:helm.sh/") else (*_ALWAYS, *_IMMUTABLE.get(kind, ()))
    text = ".".join(str(step) for step in path)
    return any(text == prefix or text.startswith(f"{prefix}.") for prefix in fixed)


def suffix(seed: bytes, urn_name: str) -> str:
    """Eight hex digits, the same in preview and up."""
    return hashlib.sha256(seed or urn_name.encode()).hexdigest()[:8]


def namespaced(token: str, metadata: Bag) -> bool:
    """Whether a kind lives in a namespace; of custom kinds only the program knows."""
    group, kind = token.split(":")[1:]
    built_in = "." not in group or ".k8s.io/" in group
    return kind not in _CLUSTER_WIDE if built_in else bool(metadata.get("namespace"))


def stated(token: str, inputs: Bag, *, built_in: bool) -> Iterator[Problem]:
    """A custom resource says its own type; it must be the one of its token, with a spec of objects."""
    group, kind = token.split(":")[1:]
    if built_in:
        return
    for name, wanted in (("apiVersion", group), ("kind", kind)):
        if inputs.get(name) != wanted:
            yield Problem(
                (name,), f"{inputs.get(name)!r} does not fit the type {token}: it has to be {wanted!r}"
            )
    if not re.fullmatch(r"[a-z0-9.-]+\.[a-z0-9.-]+/v\d+((alpha|beta)\d+)?", group):
        yield Problem(("apiVersion",), f"{group!r} is not of the form group.example.com/v1")


def metadata(token: str, given: Bag) -> Iterator[Problem]:
    """The name by its kind's rule, labels and annotations."""
    name, kind = given.get("name"), token.rpartition(":")[2]
    rule, says = _name_rule(token, kind)
    if isinstance(name, str) and rule and not rule.fullmatch(name):
        yield Problem(("metadata", "name"), f"{name!r} is not a valid name: {says}")
    yield from _marks(given, ("metadata",))


def template(inputs: Bag) -> Iterator[Problem]:
    """Labels and annotations of the pods that an object makes."""
    given = _walk(inputs.get("spec"), "template", "metadata")
    if isinstance(given, Mapping):
        yield from _marks(given, ("spec", "template", "metadata"))


def stored(inputs: Bag) -> Iterator[Problem]:
    """Names of what a config map or a secret holds: each may become a file."""
    for part in ("data", "stringData", "binaryData"):
        held = inputs.get(part)
        for key in held if isinstance(held, Mapping) else ():
            if isinstance(key, str) and not _FILE.fullmatch(key):
                yield Problem(
                    (part, key), f"{key!r} is not a valid name: letters, digits, hyphens, dots and _"
                )


def _marks(given: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    labels, notes = given.get("labels"), given.get("annotations")
    for key, value in labels.items() if isinstance(labels, Mapping) else ():
        yield from _label(key, value, (*path, "labels", key))
    for key in notes if isinstance(notes, Mapping) else ():
        if isinstance(key, str) and not _LABEL_KEY.fullmatch(key.lower()):
            yield Problem((*path, "annotations", key), f"{key!r} is not a valid annotation key")


def _name_rule(token: str, kind: str) -> tuple[re.Pattern[str] | None, str]:
    if ":rbac.authorization.k8s.io/" in token:
        return None, ""  # roles may have any path segment as name, such as system:node
    if kind == "Service":
        return (
            _LABEL_1035,
            "up to 63 lower-case letters, digits and hyphens, beginning with a letter (RFC 1035)",
        )
    if kind == "Namespace":
        return _LABEL_1123, "up to 63 lower-case letters, digits and hyphens (RFC 1123 label)"
    return _SUBDOMAIN, "up to 253 lower-case letters, digits, hyphens and dots (RFC 1123 subdomain)"


def _label(key: str, value: Any, path: Path) -> Iterator[Problem]:
    if not _LABEL_KEY.fullmatch(key):
        yield Problem(path, f"{key!r} is not a valid label key")
    if isinstance(value, str) and not _LABEL_VALUE.fullmatch(value):
        yield Problem(
            path, f"{value!r} is not a valid label value: up to 63 letters, digits and -_. between them"
        )
    elif not isinstance(value, str) and isinstance(value, bool | int | float):
        yield Problem(path, f"{value!r} is not a text: quote it")


def selector(inputs: Bag) -> Iterator[Problem]:
    """`selector` does not match template `labels`: the API server's own check of workloads."""
    spec = inputs.get("spec")
    wanted = _walk(spec, "selector", "matchLabels")
    there = _walk(spec, "template", "metadata", "labels")
    if not isinstance(wanted, Mapping) or not isinstance(_walk(spec, "template"), Mapping):
        return
    labels = there if isinstance(there, Mapping) else {}
    missing = [key for key, value in wanted.items() if isinstance(value, str) and labels.get(key) != value]
    if missing:
        yield Problem(
            ("spec", "selector"), f"the selector does not match the template's labels: {', '.join(missing)}"
        )


def release(inputs: Bag) -> Iterator[Problem]:
    """A release is reproducible: chart and pinned version, a repository by https or oci, values as a map."""
    chart, version, values = inputs.get("chart"), inputs.get("version"), inputs.get("values")
    repository = (inputs.get("repositoryOpts") or {}).get("repo")
    local = isinstance(chart, str) and chart.startswith((".", "/"))
    if isinstance(chart, str) and not local and version is None:
        yield Problem(
            ("version",), f"the chart {chart!r} has no version: pin one, or an upgrade comes unasked"
        )
    if isinstance(version, str) and not re.fullmatch(r"v?\d+\.\d+\.\d+([-+].+)?", version):
        yield Problem(("version",), f"{version!r} is not one version: a range moves by itself")
    if isinstance(repository, str) and not re.match(r"(https|oci)://", repository):
        yield Problem(("repositoryOpts", "repo"), f"{repository!r} is not an https:// or oci:// address")
    if isinstance(chart, str) and not local and repository is None and not chart.startswith("oci://"):
        yield Problem(
            ("repositoryOpts",),
            f"the chart {chart!r} has no repository: give repositoryOpts.repo or an oci:// chart",
        )
    if values is not None and not isinstance(values, Mapping) and not hasattr(values, "name"):
        yield Problem(("values",), "values are a map")


def _walk(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
