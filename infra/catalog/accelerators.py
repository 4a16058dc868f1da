"""Accelerator models: who makes them and what Kubernetes calls them."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

from infra.catalog.rows import CatalogError, Cited, read
from infra.problems import nearest


class Accelerator(Cited):
    """One model of accelerator."""

    name: str
    """The neutral name, for example `h100`."""
    title: str
    """The maker's name."""
    vendor: Literal["nvidia", "aws", "google"]
    """Who makes it."""
    resource: str
    """The extended resource that a pod asks for, one a device."""
    taint: str
    """The key of the taint that keeps other pods off its nodes."""
    kernel_module: Literal["open", "proprietary"] | None = None
    """Which NVIDIA kernel module EKS images load. None: no NVIDIA driver, or no source says."""


@cache
def _table() -> Mapping[str, Accelerator]:
    return MappingProxyType({row.name: row for row in read("accelerators", Accelerator)})


def get(name: str) -> Accelerator:
    """Give the accelerator of that neutral name.

    Raises:
        CatalogError: There is none; the text suggests the nearest.
    """
    if name in _table():
        return _table()[name]
    close = nearest(name, _table())
    raise CatalogError(
        f"no accelerator {name!r} in the fact table" + (f". Did you mean {close!r}?" if close else "")
    )


def all() -> tuple[Accelerator, ...]:  # noqa: A001 - `accelerators.all()` is the plain word
    """List all accelerators."""
    return tuple(_table().values())
