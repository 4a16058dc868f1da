"""Where the clouds publish prices, and how what the price table names is called there."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from infra.catalog.rows import DATA, Cited, FrozenMap, Row, read, sources

Cloud = Annotated[str, Field(pattern="^(aws|azure|gcp)$")]


class Address(Row):
    """A public price list."""

    platform: Cloud
    """Whose prices it has."""
    url: str
    """Where it is: https, or http on this machine."""
    source: str
    """The id of `data/sources.yaml` that rows read from it cite."""
    key: str = ""
    """The environment variable with the key that it asks for. Empty: it asks for none."""

    @field_validator("url")
    @classmethod
    def _is_private(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme == "https" or (parts.scheme, parts.hostname) == ("http", "127.0.0.1"):
            return url.rstrip("/")
        raise ValueError(f"given {url!r}: prices travel by https (http only on 127.0.0.1)")

    @field_validator("source")
    @classmethod
    def _is_listed(cls, source: str) -> str:
        if source not in sources():
            raise ValueError(f"cites {source!r}, which data/sources.yaml does not list")
        return source


class Meter(Cited):
    """Something that a price list has: our name of it, and how to know it there."""

    sku: str
    """Its name in `prices.csv`."""
    unit: str
    """Its unit in `prices.csv`."""
    where: FrozenMap[str, str] = Field(default_factory=dict)
    """Columns or fields of the list that must be equal. Default: none."""


class AwsMeter(Meter):
    """A line of an AWS price list."""

    offer: str
    """The service's name in the address, for example `AmazonEC2`."""
    usage: str
    """Its usage type, without the region that some begin with."""


class AzureMeter(Meter):
    """An item of Azure's retail prices."""

    service: str
    """The item's `serviceName`."""
    everywhere: bool = False
    """The list has it once, in the region `Global`, for all regions. Default: no."""


class GcpMeter(Meter):
    """A SKU of Google's billing catalogue."""

    service: str
    """The service's display name."""
    says: str
    """How its description begins."""
    spot: str = ""
    """How the description of its spot price begins. Default: `Spot Preemptible` and `says`."""


M = TypeVar("M", bound=Meter)


@cache
def addresses(file: Path = DATA / "feeds" / "addresses.yaml") -> Mapping[str, Address]:
    """Give the price lists by platform.

    Args:
        file: A YAML file with rows of `Address`. Default: the public lists.

    Raises:
        ProblemsError: Rows that do not fit, all of them at once.
    """
    rows = read(str(file.absolute().with_suffix("")), Address)
    return {row.platform: row for row in rows}


@cache
def aws() -> tuple[AwsMeter, ...]:
    """List what is looked up in AWS's lists beside machines."""
    return read("feeds/aws", AwsMeter)


@cache
def azure() -> tuple[AzureMeter, ...]:
    """List what is looked up in Azure's list beside machines."""
    return read("feeds/azure", AzureMeter)


@cache
def gcp() -> tuple[GcpMeter, ...]:
    """List what is looked up in Google's list: parts of machines among them."""
    return read("feeds/gcp", GcpMeter)
