"""Keys of a link are renewed by the stack file, also on clouds whose key service only people rotate."""

import copy

from tests_support import GOOD_SETTINGS

from infra.settings import Settings, parse
from stacks.foundation import key_generation

LINK = {"locations": ["EQSK1", "EQPA3"], "peer": {"asn": 65020, "cidrs": ["10.201.0.0/16"]}}


def generation(link: dict[str, int], keys: dict[str, int]) -> int:
    """Give the generation of a link's keys."""
    values = {**copy.deepcopy(GOOD_SETTINGS), "links": {"home": {**LINK, **link}}, "keys": keys}
    settings = parse(values)
    assert isinstance(settings, Settings)
    return key_generation(settings, settings.links["home"])


def test_a_link_has_a_generation_of_its_own() -> None:
    """Raised for one link, nothing else is renewed with it."""
    assert generation({"key_generation": 3}, {}) == 3


def test_without_one_it_follows_all_keys() -> None:
    """Where every key is renewed, a link's are too."""
    assert generation({}, {"generation": 2}) == 2
    assert generation({}, {}) == 1
