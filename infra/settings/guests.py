"""Guests of a site's stores: each has a folder in which nobody else writes."""

from collections.abc import Iterator
from itertools import combinations

from infra.problems import Problem
from infra.settings.model import Settings


def mistakes(settings: Settings) -> Iterator[Problem]:
    """Give one problem for guests where a store can't have any, and for each folder in which two write."""
    for name, store in settings.stores.items():
        where = f"stores.{name}.guests"
        if store.guests and settings.platform != "onprem":
            text = f"guests by name, but on {settings.platform} a stack's own identities say what it may do"
            yield Problem(where, text, "nothing, or platform: onprem")
        else:
            yield from _shared(where, _writers(settings, name))


def _writers(settings: Settings, name: str) -> dict[str, str]:
    """Give the folders that are written to, each by who writes; the empty name is the stack itself."""
    training, guests = settings.training, settings.stores[name].guests
    own = {"": training.run} if training and training.store == name else {}
    return own | {stack: guest.at(stack) for stack, guest in guests.items() if guest.access == "write"}


def _shared(where: str, writers: dict[str, str]) -> Iterator[Problem]:
    for (one, theirs), (other, folder) in combinations(writers.items(), 2):
        if inside(folder, theirs) or inside(theirs, folder):
            text = f"writes in {folder}, and {one or 'the training of this stack'} in {theirs}"
            yield Problem(f"{where}.{other}.folder", text, "a folder of its own, or access: read")


def inside(run: str, folder: str) -> bool:
    """Say whether a run is in a folder, or is it."""
    return f"{run}/".startswith(f"{folder}/")
