"""Where data is, by law."""

import pytest

from infra.catalog import regions
from infra.catalog.rows import CatalogError, UnknownFactError

CLOUDS = ("aws", "gcp", "azure")


@pytest.mark.parametrize(
    ("platform", "place", "names"),
    [
        ("aws", "eu-west-1", {"ie", "eu", "eea"}),
        ("aws", "eu-west-1a", {"ie", "eu", "eea"}),
        ("aws", "eu-west-2", {"gb", "uk"}),
        ("aws", "us-gov-west-1", {"us"}),
        ("gcp", "europe-west6-b", {"ch"}),
        ("gcp", "EU", {"eu", "eea"}),
        ("gcp", "eur4", {"eu", "eea"}),
        ("gcp", "nam4", {"us"}),
        ("azure", "norwayeast", {"no", "eea"}),
        ("azure", "westeurope-2", {"nl", "eu", "eea"}),
    ],
)
def test_a_place_has_the_jurisdictions_of_its_country(platform: str, place: str, names: set[str]) -> None:
    """Regions, zones, dual-regions and multi-regions name country and areas; London and Zurich are not the EU."""
    assert regions.jurisdiction_of(platform, place).names == names


@pytest.mark.parametrize(
    ("platform", "place", "why"),
    [
        ("aws", "us-east-1-bos-1a", "local zone"),
        ("gcp", "eur7", "may lie outside the EU"),
        ("gcp", "asia", "several countries"),
        ("local", "local", "`jurisdiction`"),
    ],
)
def test_a_place_that_nobody_can_tell_is_in_no_jurisdiction(platform: str, place: str, why: str) -> None:
    """A local zone, a dual-region without named members, a continent and an own site are refused, with the reason."""
    with pytest.raises(UnknownFactError, match=why):
        regions.jurisdiction_of(platform, place)


def test_a_misspelt_region_is_told_with_the_right_name() -> None:
    """An unknown region suggests the nearest one."""
    with pytest.raises(CatalogError, match="Did you mean 'eu-west-1'"):
        regions.jurisdiction_of("aws", "eu-wset-1")


def test_what_is_allowed_covers_the_whole_place() -> None:
    """A pair of countries fits an area that has both, and a list that has both, but not one of them alone."""
    eur4 = regions.jurisdiction_of("gcp", "eur4")
    assert eur4.within(["eu"])
    assert eur4.within(["fi", "nl"])
    assert eur4.within(["any"])
    assert not eur4.within(["fi"])
    multi = regions.jurisdiction_of("gcp", "eu")
    assert multi.within(["eea"])
    assert not multi.within(["de"])
    assert not regions.jurisdiction_of("aws", "eu-west-2").within(["eu"])


@pytest.mark.parametrize("platform", CLOUDS)
def test_every_zone_leads_back_to_its_region(platform: str) -> None:
    """Each listed zone of each region resolves to that region."""
    for location in regions.all(platform):
        for zone in location.zones or ():
            name = f"{location.name}-{zone}" if platform == "azure" else zone
            assert regions.region_of(platform, name) == location


def test_norway_is_a_country() -> None:
    """The code `no` is read as text, not as a boolean."""
    assert regions.get("azure", "norwayeast").country == "no"


def test_an_azure_pair_can_leave_the_country() -> None:
    """Geo-redundant copies of Sao Paulo go to Texas, and of Ireland to the Netherlands: the pair is on the row."""
    assert regions.get("azure", "brazilsouth").paired == "southcentralus"
    assert regions.jurisdiction_of("azure", "southcentralus").names == {"us"}
    pairs = {row.paired for row in regions.all("azure") if row.paired}
    known = {row.name for row in regions.all("azure")}
    assert pairs - known == {
        "swedensouth"
    }  # open to Swedish customers on request; the recorded API does not list it


def test_areas_nest() -> None:
    """Every member of the EU is in the EEA."""
    areas = regions.areas()
    assert len(areas["eu"].countries) == 27
    assert len(areas["eea"].countries) == 30
    assert set(areas["eu"].countries) < set(areas["eea"].countries)


def test_zones_that_nobody_lists_are_not_guessed() -> None:
    """A region that is younger than the tables has no zones here, but its zones still resolve."""
    with pytest.raises(UnknownFactError, match="do not list them"):
        regions.zones("aws", "eu-south-2")
    assert regions.region_of("aws", "eu-south-2a").name == "eu-south-2"
    assert regions.zones("gcp", "us-east1") == ("us-east1-b", "us-east1-c", "us-east1-d")
