"""The settings of an environment: the only reader of Pulumi's configuration."""

from infra.settings.compute import Cluster, Pool, Serving, Training
from infra.settings.data import DataClass, Filesystem, Keys, Lifecycle, Store
from infra.settings.load import from_engine, from_file, parse
from infra.settings.model import Budget, Settings
from infra.settings.network import Bgp, Link, Network
from infra.settings.schema import json_schema
from infra.settings.stackfile import NoStackError

__all__ = [
    "Bgp",
    "Budget",
    "Cluster",
    "DataClass",
    "Filesystem",
    "Keys",
    "Lifecycle",
    "Link",
    "Network",
    "NoStackError",
    "Pool",
    "Serving",
    "Settings",
    "Store",
    "Training",
    "from_engine",
    "from_file",
    "json_schema",
    "parse",
]
