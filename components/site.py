"""What the on-premises backends share: where things live in the site's cluster, and how they are made there."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from infra import naming
from infra.problems import Problem, ProblemsError

STORAGE = "rook-ceph"
"""The namespace of the site's storage system; Rook wants all of its objects beside the cluster that they use."""

CEPH = "quay.io/ceph/ceph:v19.2.3-20250717@sha256:af0c5903e901e329adabe219dfc8d0c3efc1f05102a753902f33ee16c26b6cee"
"""The image of Ceph itself, by the digest that cephadm prints for it (`cephadm shell`, Ceph 19.2.3)."""

VAULT = "openbao"
"""The namespace of the site's key management."""

VAULT_URL = f"https://openbao-active.{VAULT}.svc:8200"
"""Where key management listens; the chart's service for the one server that leads."""

VAULT_CA = "openbao-ca"
"""The secret, in the storage namespace, with the certificate that vouches for it."""

WAIT = 1200
"""The longest that a chart of the site may take, in seconds: storage and keys start one server after the other."""

TRANSIT = "transit"
"""The engine that holds keys and never gives one out."""


def token_secret(key: pulumi.Input[str]) -> pulumi.Output[str]:
    """Name the secret, in the storage namespace, that lets the storage system use a key."""
    return pulumi.Output.concat(key, "-token")


def user(workload: str, stack: str = "") -> str:
    """Name the user of the storage system that a workload is, of this stack or of another one."""
    return naming.name(stack or pulumi.get_stack(), workload)


def gateway(store: pulumi.Input[str]) -> pulumi.Output[str]:
    """Give the name at which a store answers inside the cluster; Rook makes the service."""
    return pulumi.Output.concat("rook-ceph-rgw-", store, f".{STORAGE}.svc")


def needed(component: str, name: str, **values: Any) -> None:
    """Refuse a component that lacks what a site cannot do without.

    Raises:
        ProblemsError: Names every missing value at once.
    """
    missing = [Problem(field, "is missing: a site needs it") for field, value in values.items() if not value]
    if missing:
        raise ProblemsError(f"{component} {name!r} can't be built on premises", missing)


def cannot(component: str, name: str, **asked: tuple[Any, str]) -> None:
    """Refuse what a site has not got.

    Args:
        component: The capability.
        name: Its name in the program.
        **asked: By argument: what was given, and what to do instead. Nothing given is no mistake.

    Raises:
        ProblemsError: Names everything at once.
    """
    found = [Problem(field, f"given {value!r}", fix) for field, (value, fix) in asked.items() if value]
    if found:
        raise ProblemsError(f"{component} {name!r} can't be built on premises", found)


def namespace(
    name: str, labels: Mapping[str, str], opts: pulumi.ResourceOptions, *, level: str = "restricted"
) -> pulumi.CustomResource:
    """Make a namespace; drivers and storage need the level `privileged`, since they own the machine's devices."""
    pod_security = {
        "pod-security.kubernetes.io/enforce": level,
        "pod-security.kubernetes.io/enforce-version": "latest",
    }
    made: pulumi.CustomResource = k8s.core.v1.Namespace(
        name, metadata={"name": name, "labels": {**labels, **pod_security}}, opts=opts
    )
    return made


def custom(  # noqa: PLR0917 - the six parts of every object, in the order of its manifest
    name: str,
    kind: str,
    namespace: str,
    spec: Mapping[str, Any],
    labels: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> pulumi.CustomResource:
    """Make an object that an operator works on.

    Args:
        name: Its name, in the program and in the cluster.
        kind: Group, version and kind, for example `ceph.rook.io/v1/CephObjectStore`.
        namespace: Where it lives; empty for kinds that live in none.
        spec: What is wanted.
        labels: Its labels.
        opts: Its options.
    """
    version, _, word = kind.rpartition("/")
    place = {"namespace": namespace} if namespace else {}
    metadata = {"name": name, "labels": dict(labels), **place}
    made: pulumi.CustomResource = k8s.apiextensions.CustomResource(
        name, api_version=version, kind=word, metadata=metadata, spec=dict(spec), opts=opts
    )
    return made


def secret(
    name: str,
    namespace: str,
    values: Mapping[str, pulumi.Input[str]],
    labels: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> pulumi.CustomResource:
    """Keep secret texts in the cluster; in the state they are encrypted."""
    made: pulumi.CustomResource = k8s.core.v1.Secret(
        f"{namespace}-{name}",
        metadata={"name": name, "namespace": namespace, "labels": dict(labels)},
        string_data=pulumi.Output.secret(dict(values)),
        type="Opaque",
        opts=opts,
    )
    return made
