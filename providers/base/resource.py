"""One resource type: its inputs, its state, and how it comes, changes and goes."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from providers.base.errors import Problem


class Inputs(BaseModel):
    """Base of every model of properties: frozen, strict about names, camelCase on the wire.

    A string under each field becomes its description in the package schema.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        use_attribute_docstrings=True,
    )

    def bag(self) -> dict[str, Any]:
        """Give the properties as plain values by wire name, absent ones left out."""
        return self.model_dump(by_alias=True, exclude_none=True, mode="json")


I = TypeVar("I", bound=Inputs)  # noqa: E741 - I and S read as inputs and state in every signature
S = TypeVar("S", bound=Inputs)
M = TypeVar("M", bound=Inputs)


def derive(state: type[M], inputs: Inputs, **computed: Any) -> M:
    """Make a state of the inputs and what was computed, by Python names; a computed value wins over an input."""
    given = {name: getattr(inputs, name) for name in type(inputs).model_fields}
    return state(**{**given, **computed})


def narrow(inputs: type[M], state: Inputs) -> M:
    """Give the inputs that a state holds."""
    return inputs(**{name: getattr(state, name) for name in inputs.model_fields})


@dataclass(frozen=True)
class Created(Generic[S]):
    """A new resource."""

    id: str
    """What finds it again; also what `pulumi import` takes."""

    state: S


@dataclass(frozen=True)
class Context:
    """What an operation may ask of the engine."""

    urn: str
    """The resource's unique name in its stack; empty while a schema is read."""

    log: Callable[[str, str], None] = field(repr=False)
    """Show a line on the resource: severity (`debug`, `info`, `warning`, `error`) and text. Secrets are blotted out."""

    status: Callable[[str], None] = field(repr=False)
    """Show a passing line of progress beside the resource while the operation runs."""

    cancelled: threading.Event = field(default_factory=threading.Event, repr=False)
    """Set when the user asked to stop; wait on it instead of sleeping."""

    timeout: float = 0.0
    """Seconds that the user allows (customTimeouts); 0 when nothing is said."""

    def __post_init__(self) -> None:
        assert self.timeout >= 0, self.timeout

    @property
    def name(self) -> str:
        """The resource's name, the last part of the URN."""
        return self.urn.rpartition("::")[2]


class Resource(ABC, Generic[I, S]):
    """A resource type. The state model extends the inputs model by the computed properties.

    Values arrive without secret marks; the marks of secret inputs are put back on the same places of the state.
    """

    token: ClassVar[str]
    """The type's name for the engine, such as `localhost:index:Job`."""

    inputs: type[I]
    state: type[S]

    replace_on: ClassVar[frozenset[str]] = frozenset()
    """Inputs (wire names) whose change needs a new resource."""

    delete_before_replace: ClassVar[bool] = False
    """Whether the old one must be gone before the new one comes."""

    stable_outputs: ClassVar[frozenset[str]] = frozenset()
    """Computed properties (wire names) that an update in place never changes: a preview shows their old values."""

    filled_in: ClassVar[frozenset[str]] = frozenset()
    """Inputs (wire names) whose state may differ from what was asked, such as a port 0: a preview can't know them."""

    secret_when_imported: ClassVar[frozenset[str]] = frozenset()
    """Properties (wire names) taken for secret when an import can't tell."""

    secret_outputs: ClassVar[frozenset[str]] = frozenset()
    """State properties (wire names) that are always secret."""

    def check(self, ctx: Context, inputs: I) -> list[Problem]:
        """Find mistakes that a field alone can't show; called when every input is known."""
        del ctx, inputs
        return []

    def diff(self, ctx: Context, state: S, inputs: I) -> list[str]:
        """Name properties (wire names) of the state that drifted from what it should be, beside changed inputs."""
        del ctx, state, inputs
        return []

    @abstractmethod
    def create(self, ctx: Context, inputs: I) -> Created[S]:
        """Make it, or adopt what an interrupted create left."""

    @abstractmethod
    def read(self, ctx: Context, id_: str, state: S | None) -> S | None:
        """Look at it: None when it is gone. `state` is None for an import, where only the id is known."""

    @abstractmethod
    def update(self, ctx: Context, id_: str, state: S, inputs: I) -> S:
        """Bring it to the inputs; also called with unchanged inputs after a PartialFailure and on drift."""

    @abstractmethod
    def delete(self, ctx: Context, id_: str, state: S) -> None:
        """Remove it and everything it made; nothing to do when it is gone already."""
