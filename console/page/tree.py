"""The resources of a stack, grouped under the components that made them."""

from dataclasses import dataclass

from console.events import short_type
from console.health import of
from console.state import Resource, Snapshot


@dataclass(frozen=True)
class Leaf:
    """One resource as the page shows it."""

    kind: str
    """The readable end of its type."""
    name: str
    """Its own name."""
    ok: bool
    """Whether it is well."""
    condition: str
    """Its condition in a few words."""
    where: str
    """Its address or path; empty where it has none."""


@dataclass(frozen=True)
class Group:
    """One component with what it made."""

    kind: str
    """The readable end of its type."""
    name: str
    """Its own name."""
    leaves: tuple[Leaf, ...]
    """What it made, in the order of the state."""


def components(state: Snapshot) -> list[Group]:
    """Give every component that made something; resources without one come last as a group of their own."""
    tops = [resource for resource in state.resources if not resource.custom and not resource.parent]
    groups = [Group(short_type(top.type), top.name, tuple(_leaves(state, top))) for top in tops]
    loose = [_leaf(resource) for resource in state.resources if resource.custom and not resource.parent]
    return [group for group in groups if group.leaves] + (
        [Group("Resources", "", tuple(loose))] if loose else []
    )


def _leaves(state: Snapshot, parent: Resource) -> list[Leaf]:
    found: list[Leaf] = []
    for child in state.children(parent.urn):
        found += [_leaf(child)] if child.custom else []
        found += _leaves(state, child)
    return found


def _leaf(resource: Resource) -> Leaf:
    health = of(resource)
    return Leaf(short_type(resource.type), resource.name, health.ok, health.text, resource.place)
