"""What backends of several platforms refuse in the same words."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.problems import Problem, ProblemsError, nearest


def needed(platform: str, component: str, name: str, **values: Any) -> None:
    """Refuse a component that lacks what a platform cannot do without.

    Args:
        platform: The platform, as people write it.
        component: What it is.
        name: What it is called in the program.
        **values: What the platform needs, by argument.

    Raises:
        ProblemsError: Names every missing value at once.
    """
    missing = [
        Problem(field, f"is missing: {platform} needs it") for field, value in values.items() if not value
    ]
    if missing:
        raise ProblemsError(f"{component} {name!r} can't be built on {platform}", missing)


def known(platform: str, where: str, given: Mapping[str, Any], allowed: Sequence[str]) -> dict[str, Any]:
    """Give a pool's own arguments, which are merged last.

    Args:
        platform: The platform, as people write it.
        where: Where the arguments stand in the settings.
        given: The arguments.
        allowed: Those that may be given.

    Raises:
        ProblemsError: A name is no argument; the text suggests the nearest.
    """
    strange = [
        Problem(f"{where}.{name}", "no such argument", ", ".join(allowed), nearest(name, allowed))
        for name in given
        if name not in allowed
    ]
    if strange:
        raise ProblemsError(f"GpuCluster can't be built on {platform}", strange)
    return dict(given)
