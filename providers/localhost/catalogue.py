"""Every resource type of the provider."""

from typing import Any

from providers.base.resource import Resource

VERSION = "0.1.0"


def resources() -> tuple[Resource[Any, Any], ...]:
    """Give one of each type."""
    return ()
