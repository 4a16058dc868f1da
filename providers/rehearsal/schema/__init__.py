"""What an installed Pulumi SDK says of its resources, read from its source without importing it.

Importing `pulumi_azure_native.containerservice` alone takes seconds; cutting one class out of its file takes
a few milliseconds, and a stack touches some dozens of classes.
"""

from providers.rehearsal.schema.sdk import Function, Resource, Sdk, UnknownTokenError, sdk
from providers.rehearsal.schema.types import (
    Anything,
    Choice,
    Either,
    Fields,
    ListOf,
    MapOf,
    Property,
    Scalar,
    Type,
)

__all__ = [
    "Anything",
    "Choice",
    "Either",
    "Fields",
    "Function",
    "ListOf",
    "MapOf",
    "Property",
    "Resource",
    "Scalar",
    "Sdk",
    "Type",
    "UnknownTokenError",
    "sdk",
]
