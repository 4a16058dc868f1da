"""Zones of a network: those of the settings, else those of the fact table. Nothing is looked up."""

from collections.abc import Callable

from components.network.shape import NetworkSpec
from infra.catalog import regions
from infra.problems import Problem, ProblemsError

MOST = 3
"""Zones that a network spreads over; a fourth brings nothing."""


def named(spec: NetworkSpec, title: str, region_of: Callable[[str], str]) -> tuple[str, ...]:
    """Give the zones of a platform whose zones are named after their region.

    Args:
        spec: The network.
        title: The platform, as people write it.
        region_of: Reads the region out of a zone's name.

    Raises:
        ProblemsError: A given zone is not one of the region, or there are more than three.
        CatalogError: No source lists the region's zones.
    """
    if not spec.zones:
        return regions.zones(spec.platform, spec.region)[:MOST]
    strange = [zone for zone in spec.zones if region_of(zone) != spec.region]
    problems = [Problem("zones", f"given {zone!r}", f"zones of {spec.region}") for zone in strange]
    if len(spec.zones) > MOST:
        problems.append(Problem("zones", f"given {len(spec.zones)}", f"at most {MOST}"))
    if problems:
        raise ProblemsError(f"Network can't be built on {title}", problems)
    return spec.zones
