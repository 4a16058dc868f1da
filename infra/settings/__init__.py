"""The settings of a stack: the only reader of Pulumi's configuration."""

from infra.settings.compute import Cluster, Pool, Serving, Training
from infra.settings.data import DataClass, Filesystem, Guest, Keys, Lifecycle, Store, own_run
from infra.settings.hybrid import Hybrid, References
from infra.settings.load import Stack, from_engine, from_file, parse
from infra.settings.model import Ownership, Promises, Settings
from infra.settings.money import Allowance, Budget, Own, OwnMachine, Rates
from infra.settings.names import UNSAID
from infra.settings.network import Bgp, Border, Line, Link, Network, Span
from infra.settings.schema import json_schema
from infra.settings.stackfile import NoStackError
from infra.settings.tenant import Tenant

__all__ = [
    "UNSAID",
    "Allowance",
    "Bgp",
    "Border",
    "Budget",
    "Cluster",
    "DataClass",
    "Filesystem",
    "Guest",
    "Hybrid",
    "Keys",
    "Lifecycle",
    "Line",
    "Link",
    "Network",
    "NoStackError",
    "Own",
    "OwnMachine",
    "Ownership",
    "Pool",
    "Promises",
    "Rates",
    "References",
    "Serving",
    "Settings",
    "Span",
    "Stack",
    "Store",
    "Tenant",
    "Training",
    "from_engine",
    "from_file",
    "json_schema",
    "own_run",
    "parse",
]
