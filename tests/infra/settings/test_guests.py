"""Guests of a site's stores: refused where a store can't have any, and where two would write in one folder."""

from typing import Any, cast

import pytest
from tests_support import GOOD_SETTINGS

from infra.problems import ProblemsError
from infra.settings import Guest, Settings, parse
from infra.settings.guests import inside


def settings(platform: str = "onprem", **guests: Any) -> dict[str, Any]:
    """Give settings of a stack that trains in runs/pretrain of a store with guests."""
    stores = {"artifacts": {"data_class": "text", "guests": guests}}
    return {**GOOD_SETTINGS, "platform": platform, "stores": stores}


def told(values: dict[str, Any]) -> str:
    """Give the one error."""
    with pytest.raises(ProblemsError) as caught:
        parse(values)
    return str(caught.value)


def test_a_guest_has_a_folder_of_its_own_name() -> None:
    """Unless another one is named; several may read what one writes."""
    reads = {"folder": "runs/pretrain", "access": "read"}
    found = cast("Settings", parse(settings(apps={}, chat=reads, search=reads))).stores["artifacts"].guests
    assert {name: guest.at(name) for name, guest in found.items()} == {
        "apps": "runs/apps",
        "chat": "runs/pretrain",
        "search": "runs/pretrain",
    }
    assert found["apps"] == Guest(access="write")


@pytest.mark.parametrize("platform", ["aws", "local"])
def test_only_a_sites_store_names_its_guests(platform: str) -> None:
    """Elsewhere it would be said and mean nothing."""
    assert (
        f"stores.artifacts.guests: guests by name, but on {platform} a stack's own identities say what it may do; "
        "allowed: nothing, or platform: onprem" in told(settings(platform, apps={}))
    )


def test_two_do_not_write_in_one_folder() -> None:
    """Not beside the stack's own training, nor below another guest's folder; all of it is told at once."""
    text = told(
        settings(apps={"folder": "runs/pretrain"}, one={"folder": "runs/a"}, two={"folder": "runs/a/b"})
    )
    assert (
        "stores.artifacts.guests.apps.folder: writes in runs/pretrain, and the training of this stack in "
        "runs/pretrain; allowed: a folder of its own, or access: read" in text
    )
    assert "stores.artifacts.guests.two.folder: writes in runs/a/b, and one in runs/a" in text
    assert text.count("writes in") == 2


@pytest.mark.parametrize(
    ("guests", "text"),
    [
        ({"them/their/stack": {}}, "stores.artifacts.guests.them/their/stack: not a name"),
        ({"apps": {"folder": "/runs"}}, "stores.artifacts.guests.apps.folder: given '/runs'"),
        (
            {"apps": {"access": "own"}},
            "stores.artifacts.guests.apps.access: given 'own'; allowed: read, write",
        ),
        ({"apps": {"run": "runs/a"}}, "stores.artifacts.guests.apps.run: unknown setting"),
    ],
)
def test_what_no_guest_can_be(guests: dict[str, Any], text: str) -> None:
    """A stack is called by its own name alone, a folder lies in the store, and rights are two."""
    assert text in told(settings(**guests))


@pytest.mark.parametrize(
    ("run", "folder", "is_inside"),
    [
        ("runs/a", "runs/a", True),
        ("runs/a/b", "runs/a", True),
        ("runs/ab", "runs/a", False),
        ("runs", "runs/a", False),
    ],
)
def test_a_folder_is_not_a_prefix(run: str, folder: str, is_inside: bool) -> None:
    """A name that only begins like a folder's is beside it."""
    assert inside(run, folder) == is_inside
