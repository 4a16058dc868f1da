"""Regions, zones and bucket locations of all clouds, and whose law holds there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, model_validator

from infra.catalog.platforms import Platform
from infra.catalog.rows import CatalogError, Cited, UnknownFactError, read
from infra.problems import nearest

Country = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
"""ISO 3166-1 alpha-2, in small letters."""

ANYWHERE = "any"
"""The jurisdiction of data that may be everywhere."""


class Area(Cited):
    """Countries under one law."""

    name: str
    """The short name, for example `eu`."""
    title: str
    """What it is, in words."""
    countries: tuple[Country, ...]
    """Its members."""


class Location(Cited):
    """A place where a cloud keeps resources or data."""

    platform: Platform
    """The cloud."""
    name: str
    """The cloud's name for it."""
    title: str
    """Where it is, in words."""
    kind: Literal["region", "dual-region", "multi-region"] = "region"
    """A region, or a bucket location of several. Default: region."""
    country: Country | None = None
    """The country of all of it. None: see `area`, `members` or `unknown`."""
    area: str | None = None
    """The area that all of it lies in, where the cloud promises no more."""
    members: tuple[str, ...] = ()
    """The regions of a dual-region."""
    partition: str | None = None
    """The AWS partition when it is not the public one; accounts and keys do not cross it."""
    paired: str | None = None
    """The region to which Azure copies geo-redundant data. None: there is none."""
    zones: tuple[str, ...] | None = None
    """Zones as an account names them. Empty: it has none. None: see `unknown`."""

    @model_validator(mode="after")
    def _gaps_have_reasons(self) -> "Location":
        if self.zones is None and "zones" not in self.unknown:
            raise ValueError("gives neither zones nor a reason")
        if not (self.country or self.area or self.members or self.unknown.keys() & {"country", "members"}):
            raise ValueError("says neither where it is nor why nobody knows")
        return self


@dataclass(frozen=True)
class Jurisdiction:
    """Whose law holds in a location."""

    countries: frozenset[str]
    """Countries that the data may be in; empty when only an area is promised."""
    areas: frozenset[str]
    """Areas that all of it lies in, for example `eu` and `eea`."""

    @property
    def names(self) -> frozenset[str]:
        """Give all names that hold for the whole location: its areas, and its country if it is one."""
        return self.areas | (self.countries if len(self.countries) == 1 else frozenset())

    def within(self, allowed: Iterable[str]) -> bool:
        """Say whether all of the location is allowed, by country or by area; `any` allows everything."""
        wanted = set(allowed)
        if ANYWHERE in wanted or self.areas & wanted:
            return True
        reach = {country for name in wanted for country in _members(name)} | wanted
        return bool(self.countries) and self.countries <= reach

    def __str__(self) -> str:
        """Name it for a message, for example `de (eea, eu)`."""
        areas = ", ".join(sorted(self.areas))
        places = " and ".join(sorted(self.countries))
        return f"{places} ({areas})" if places and areas else places or areas


@cache
def areas() -> Mapping[str, Area]:
    """Give all areas by name."""
    return MappingProxyType({row.name: row for row in read("areas", Area)})


def named(name: str) -> Jurisdiction:
    """Give the jurisdiction that a name stands for: an area, or else a country."""
    area = areas().get(name)
    return (
        Jurisdiction(frozenset(area.countries), frozenset({name}))
        if area
        else Jurisdiction(frozenset({name}), frozenset())
    )


def _members(area: str) -> tuple[str, ...]:
    return areas()[area].countries if area in areas() else ()


@cache
def _of(platform: str) -> Mapping[str, Location]:
    rows = read("regions", Location)
    return MappingProxyType({row.name: row for row in rows if row.platform == platform})


def all(platform: str) -> tuple[Location, ...]:  # noqa: A001 - `regions.all()` is the plain word
    """List the locations of a cloud; an own site and this machine have none."""
    return tuple(_of(platform).values())


def get(platform: str, name: str) -> Location:
    """Give a region or bucket location by its name, in any case.

    Raises:
        CatalogError: There is none; the text suggests the nearest, or says that it is a zone.
    """
    table = _of(platform)
    key = name.lower()
    if key in table:
        return table[key]
    if not table:
        text = "state the environment's `jurisdiction` instead"
        raise UnknownFactError(f"{platform} has no regions in the fact table: {text}")
    close = nearest(key, table)
    ending = f" Did you mean {close!r}?" if close else ""
    raise CatalogError(f"{platform} has no region {name!r} in the fact table.{ending}")


# EC2: `eu-west-1a`; Compute Engine: `europe-west4-b`; AKS nodes' zone label: `westeurope-1`
_ZONE = MappingProxyType(
    {"aws": re.compile(r"(.+\d)[a-z]"), "gcp": re.compile(r"(.+)-[a-z]"), "azure": re.compile(r"(.+)-\d")}
)


def region_of(platform: str, place: str) -> Location:
    """Give the region of a zone, or the region itself.

    Raises:
        UnknownFactError: A local zone, which may stand in another country than its region.
        CatalogError: The place is unknown.
    """
    if place.lower() in _of(platform):
        return get(platform, place)
    if platform == "aws" and re.fullmatch(r".+\d-[a-z]+-\d+[a-z]", place):
        raise UnknownFactError(f"{place} is a local zone, and may stand in another country than its region")
    pattern = _ZONE.get(platform)
    zone = pattern.fullmatch(place.lower()) if pattern else None
    return get(platform, zone[1] if zone and zone[1] in _of(platform) else place)


def zones(platform: str, region: str) -> tuple[str, ...]:
    """List the zones of a region.

    Raises:
        UnknownFactError: No source lists them.
    """
    found: tuple[str, ...] = get(platform, region).need("zones")
    return found


def jurisdiction_of(platform: str, location: str) -> Jurisdiction:
    """Say whose law holds in a region, a zone or a bucket location.

    Raises:
        UnknownFactError: No source says where it is; it then is in no jurisdiction that a rule could allow.
        CatalogError: The location is unknown.
    """
    place = region_of(platform, location)
    countries = {place.country} if place.country else {get(platform, name).country for name in place.members}
    if not countries and place.area is None:
        why = place.unknown.get("members") or place.unknown.get("country")
        raise UnknownFactError(f"{platform} {place.name}: its jurisdiction is unknown: {why}")
    known = frozenset(country for country in countries if country is not None)
    return Jurisdiction(known, _areas(known, place.area))


def dual_region(platform: str, one: str, other: str) -> str:
    """Give the bucket location that is exactly these two regions.

    Raises:
        CatalogError: There is none in the fact table; the text names those that the first region is in.
    """
    pairs = {row.name: set(row.members) for row in all(platform) if row.members}
    wanted = {get(platform, one).name, get(platform, other).name}
    for name, members in pairs.items():
        if members == wanted:
            return name
    near = [f"{name} ({' and '.join(sorted(pair))})" for name, pair in pairs.items() if one in pair]
    there = f"{one} is in {', '.join(near)}" if near else f"{one} is in none"
    raise CatalogError(f"no dual-region of {platform} is {one} and {other}: {there}")


def _areas(countries: frozenset[str], promised: str | None) -> frozenset[str]:
    inside = countries or frozenset(_members(promised or ""))
    return frozenset(name for name, area in areas().items() if inside and inside <= set(area.countries))
