"""The resources of a stack and how they hang together."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from infra.catalog.values import UNKNOWN, Value
from policy.model.resource import Resource

NAMES = ("arn", "id", "name", "selfLink", "url", "path", "keyArn", "bucket", "crn")
# outputs by which clouds let one resource name another; a name alone may be shared, so types are compared too


class Graph:
    """Resources by URN, frozen; answers which resource a property points to, even when its value is unknown."""

    def __init__(self, resources: Iterable[Resource] = ()) -> None:
        self.by_urn: Mapping[str, Resource] = {resource.urn: resource for resource in resources}
        self._pointers: dict[tuple[str, tuple[str, ...]], Mapping[str, tuple[Resource, ...]]] = {}

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.by_urn.values())

    def __len__(self) -> int:
        return len(self.by_urn)

    def of(self, *types: str) -> tuple[Resource, ...]:
        """List the resources of these types, in the stack's order."""
        return tuple(resource for kind in types for resource in self._by_type.get(kind, ()))

    def referred(self, resource: Resource, path: str, *types: str) -> tuple[Resource, ...]:
        """List the resources of some types that a property points to.

        A known value is looked up among ids, ARNs and names. An unknown one is followed through the property's
        dependencies: a key made in the same preview is found although it has no ARN yet.
        """
        value = resource.get(path)
        if value is not UNKNOWN and value is not None:
            named = tuple(found for found in self._named(value) if not types or found.type in types)
            if named:
                return named
        return tuple(found for found in self._sources(resource, path) if not types or found.type in types)

    def pointing_at(self, target: Resource, path: str, *types: str) -> tuple[Resource, ...]:
        """List the resources of some types whose property points to the target."""
        key = (path, types)
        if key not in self._pointers:
            self._pointers[key] = _grouped(
                (found.urn, resource) for resource in self.of(*types) for found in self._ends(resource, path)
            )
        return self._pointers[key].get(target.urn, ())

    def _ends(self, resource: Resource, path: str) -> dict[Resource, None]:
        """Give all that a property may point to: what its value names, and what its value comes from."""
        value = resource.get(path)
        named = self._named(value) if isinstance(value, str) else ()
        return dict.fromkeys([*named, *self._sources(resource, path)])

    def _sources(self, resource: Resource, path: str) -> Iterator[Resource]:
        root = path.split(".", 1)[0].split("[", 1)[0]
        for urn in resource.property_dependencies.get(root, ()):
            if urn in self.by_urn:
                yield self.by_urn[urn]

    def _named(self, value: Value) -> tuple[Resource, ...]:
        return self._by_name.get(value, ()) if isinstance(value, str) else ()

    @cached_property
    def _by_type(self) -> Mapping[str, tuple[Resource, ...]]:
        return _grouped((resource.type, resource) for resource in self)

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[Resource, ...]]:
        return _grouped((name, resource) for resource in self for name in sorted(_names(resource)))


def _names(resource: Resource) -> set[str]:
    bags = (resource.outputs, resource.props)
    found = {bag.get(name) for bag in bags for name in NAMES if isinstance(bag.get(name), str)}
    return {name for name in found if isinstance(name, str)}


def _grouped(pairs: Iterable[tuple[str, Resource]]) -> dict[str, tuple[Resource, ...]]:
    groups: dict[str, list[Resource]] = {}
    for key, resource in pairs:
        groups.setdefault(key, []).append(resource)
    return {key: tuple(group) for key, group in groups.items()}
