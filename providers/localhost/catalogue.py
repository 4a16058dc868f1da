"""Every resource type of the provider."""

from typing import Any

from providers.base.resource import Resource
from providers.localhost.bucket import Bucket
from providers.localhost.job import Job
from providers.localhost.key_ring import KeyRing
from providers.localhost.service import Service

VERSION = "0.1.0"


def resources() -> tuple[Resource[Any, Any], ...]:
    """Give one of each type."""
    return (KeyRing(), Bucket(), Job(), Service())
