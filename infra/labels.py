"""The labels that every resource carries, in the spelling of each platform."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from infra.platforms import Platform


@dataclass(frozen=True)
class Labels:
    """Who owns a resource and what it holds; the base of cost reports and of residency rules."""

    stack: str
    """The Pulumi stack."""
    component: str
    """The capability that made it, for example `object_store`."""
    owner: str
    """The person or group who answers for it."""
    team: str
    """The team that it is charged to."""
    cost_center: str
    """The ledger that pays."""
    data_class: str = ""
    """The class of the data it holds. Empty: it holds none."""
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """More labels of the environment. Default: none."""

    def plain(self) -> dict[str, str]:
        """Give the neutral form, in a stable order, without empty values."""
        pairs = {
            "causeway-stack": self.stack,
            "causeway-component": self.component,
            "owner": self.owner,
            "team": self.team,
            "cost-center": self.cost_center,
            "data-class": self.data_class,
            **self.extra,
        }
        return {key: value for key, value in pairs.items() if value}

    def spelled(self, platform: Platform) -> dict[str, str]:
        """Give the form that the platform accepts."""
        return {_KEY[platform](key): _VALUE[platform](value) for key, value in self.plain().items()}


def _gcp(text: str) -> str:
    # lower-case letters, digits, - and _, at most 63: https://cloud.google.com/compute/docs/labeling-resources
    return re.sub(r"[^a-z0-9_-]", "-", text.lower())[:63]


def _kubernetes(text: str) -> str:
    # at most 63, alphanumeric at both ends: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels
    return re.sub(r"[^A-Za-z0-9._-]", "-", text)[:63].strip("-._")


def _tag(limit: int) -> Callable[[str], str]:
    return lambda text: text[:limit]


# AWS: 128 and 256 characters; Azure: 512 and 256 (each provider's documentation on tag limits)
_KEY: Mapping[str, Callable[[str], str]] = {
    "aws": _tag(128),
    "gcp": _gcp,
    "azure": _tag(512),
    "onprem": _kubernetes,
    "local": _kubernetes,
}
_VALUE: Mapping[str, Callable[[str], str]] = {
    "aws": _tag(256),
    "gcp": _gcp,
    "azure": _tag(256),
    "onprem": _kubernetes,
    "local": _kubernetes,
}
