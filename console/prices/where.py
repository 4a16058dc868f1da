"""Which regions' prices are asked for."""

from collections.abc import Mapping, Sequence

from console.exits import Exit
from console.failures import Failed
from infra import paths
from infra.catalog import regions
from infra.catalog.rows import CatalogError
from infra.problems import nearest
from infra.settings import stackfile

CLOUDS = ("aws", "gcp", "azure")
"""The platforms that publish prices."""


def chosen(platform: str, named: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Give the regions by cloud.

    Args:
        platform: One cloud; empty: all.
        named: Regions; none: those of the project's stacks.

    Raises:
        Failed: There is no such cloud or region.
    """
    if platform and platform not in CLOUDS:
        near = nearest(platform, CLOUDS)
        hint = f"; did you mean {near!r}?" if near else ""
        raise Failed(
            f"--platform {platform}: price lists are of {', '.join(CLOUDS)}{hint}", Exit.CONFIGURATION
        )
    clouds = (platform,) if platform else CLOUDS
    found = _named(clouds, named) if named else _of_stacks(clouds)
    if not found:
        raise Failed(
            f"no stack of this project is on {' or '.join(clouds)}: name a --region", Exit.CONFIGURATION
        )
    return found


def _named(clouds: Sequence[str], named: Sequence[str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(named):
        owner = next(
            (cloud for cloud in clouds if any(name == place.name for place in regions.all(cloud))), None
        )
        if owner is None:
            raise Failed(_unknown(clouds, name), Exit.CONFIGURATION)
        found.setdefault(owner, []).append(name)
    return found


def _unknown(clouds: Sequence[str], name: str) -> str:
    if len(clouds) == 1:
        try:
            regions.get(clouds[0], name)
        except CatalogError as error:
            return f"--region {name}: {error}"
    near = nearest(name, [place.name for cloud in clouds for place in regions.all(cloud)])
    hint = f"; did you mean {near!r}?" if near else ""
    return f"--region {name}: {' and '.join(clouds)} have no region of that name{hint}"


def _of_stacks(clouds: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Collect where the stack files build and copy to; a file that is broken is not our business here."""
    found: dict[str, dict[str, None]] = {}
    for file in sorted((paths.project() / "stacks").glob("Pulumi.*.yaml")):
        values = stackfile.read(file).values
        cloud = str(values.get("platform"))
        if cloud in clouds:
            copies = [str(store.get("replica_region") or "") for store in values.get("stores", {}).values()]
            here = [str(values.get("region") or ""), *copies]
            known = {place.name for place in regions.all(cloud)}
            found.setdefault(cloud, {}).update(dict.fromkeys(name for name in here if name in known))
    return {cloud: sorted(names) for cloud, names in found.items() if names}
