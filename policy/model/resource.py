"""A resource as judges see it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from infra.catalog import values
from infra.catalog.values import Found, Value


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider that manages a resource; an explicit region or project often stands only here."""

    type: str
    """For example `pulumi:providers:aws`."""
    name: str
    props: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Options:
    """The resource options that a rule may look at."""

    protect: bool = False
    delete_before_replace: bool = False
    ignore_changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One resource: what the program asked for, and what is known of its surroundings. It equals only itself."""

    urn: str
    type: str
    """The type token, for example `aws:s3/bucket:Bucket`."""
    name: str
    props: Mapping[str, Value] = field(default_factory=dict)
    """The inputs, as plain values; secrets stand open here and are named in `secrets`. Never print them."""
    outputs: Mapping[str, Value] = field(default_factory=dict)
    """What the provider answered. Empty until the stack is judged."""
    options: Options = Options()
    provider: Provider | None = None
    parent: str = ""
    """The parent's URN."""
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """From a top-level property to the URNs that its value comes from. Empty until the stack is judged."""
    secrets: frozenset[str] = frozenset()
    """The paths of secret values."""

    def get(self, path: str) -> Value:
        """Give the input at a path: None when missing, UNKNOWN when not known yet."""
        return values.get(self.props, path)

    def find(self, path: str) -> Iterator[Found]:
        """Give every input at a path with wildcards, each with its full path."""
        return values.find(self.props, path)
