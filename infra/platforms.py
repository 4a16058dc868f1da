"""The platforms that Causeway knows, and the loader of a capability's backend for one of them."""

import importlib
import importlib.util
import pkgutil
from types import ModuleType

from infra.catalog.platforms import PLATFORMS, Platform
from infra.problems import nearest

__all__ = ["PLATFORMS", "NoBackendError", "Platform", "backend", "supported"]


class NoBackendError(ValueError):
    """A capability has no file for a platform."""


def backend(capability: str, platform: str) -> ModuleType:
    """Import `components/<capability>/<platform>.py`, whose `build` makes the capability's resources.

    The import happens here and not at the top of the component, so that a process loads one cloud's SDK only.

    Raises:
        ValueError: The platform's name is unknown.
        NoBackendError: The capability has no file for the platform.
    """
    if platform not in PLATFORMS:
        hint = nearest(platform, PLATFORMS)
        ending = f" Did you mean {hint!r}?" if hint else ""
        raise ValueError(f"unknown platform {platform!r}: allowed are {', '.join(PLATFORMS)}.{ending}")
    name = f"components.{capability}.{platform}"
    if importlib.util.find_spec(name) is None:
        there = ", ".join(supported(capability)) or "none yet"
        file = f"components/{capability}/{platform}.py"
        raise NoBackendError(f"{capability} has no {platform} backend (there are: {there}): add {file}")
    return importlib.import_module(name)


def supported(capability: str) -> tuple[str, ...]:
    """List the platforms for which a capability has a file."""
    package = importlib.import_module(f"components.{capability}")
    files = {module.name for module in pkgutil.iter_modules(package.__path__)}
    return tuple(platform for platform in PLATFORMS if platform in files)
