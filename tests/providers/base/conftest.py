"""A small provider that remembers what it made."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import grpc
import pytest
from pydantic import Field

from providers.base.errors import PartialFailure, Problem, ProviderError
from providers.base.resource import Context, Created, Inputs, Resource, derive
from providers.base.server import start
from providers.base.service import Service


class VaseInputs(Inputs):
    """What a vase is made of."""

    material: Literal["clay", "glass"] = "clay"
    """Clay or glass."""

    height: int
    """Centimetres."""

    labels: dict[str, str] = Field(default_factory=dict)
    """Free labels."""


class VaseState(VaseInputs):
    """A vase."""

    serial: int
    """Number of this vase."""

    mark: str = "potter-s-mark"
    """The potter's mark, a secret."""


@dataclass
class Vases(Resource[VaseInputs, VaseState]):
    """A vase in the shop."""

    token = "shop:index:Vase"
    inputs = VaseInputs
    state = VaseState
    replace_on = frozenset({"material"})
    secret_outputs = frozenset({"mark"})
    stable_outputs = frozenset({"serial"})
    secret_when_imported = frozenset({"labels"})
    made: dict[str, VaseState] = field(default_factory=dict)

    def check(self, ctx: Context, inputs: VaseInputs) -> list[Problem]:
        """Glass breaks."""
        if inputs.material == "glass" and inputs.height > 50:
            return [Problem(("height",), "glass is at most 50 cm high")]
        return []

    def diff(self, ctx: Context, state: VaseState, inputs: VaseInputs) -> list[str]:
        """A vase that is not in the shop drifted."""
        return [] if str(state.serial) in self.made else ["serial"]

    def create(self, ctx: Context, inputs: VaseInputs) -> Created[VaseState]:
        """Make one; 13 cm come out cracked, 14 cm not at all, and 15 cm wait for the potter to be interrupted."""
        ctx.status("turning")
        ctx.log("info", f"labels are {inputs.labels}")
        if inputs.height == 14:
            raise ProviderError(f"no vase has 14 cm; labels {inputs.labels}")
        if inputs.height == 15:
            raise ProviderError("interrupted" if ctx.cancelled.wait(20) else "nobody came")
        if inputs.height == 16:
            raise KeyError("labels", inputs.labels)
        state = derive(VaseState, inputs, serial=len(self.made) + 1)
        self.made[str(state.serial)] = state
        if inputs.height == 13:
            raise PartialFailure(str(state.serial), state, [f"cracked; labels {inputs.labels}"])
        return Created(str(state.serial), state)

    def read(self, ctx: Context, id_: str, state: VaseState | None) -> VaseState | None:
        """Look into the shop."""
        return self.made.get(id_)

    def update(self, ctx: Context, id_: str, state: VaseState, inputs: VaseInputs) -> VaseState:
        """Mend or change it."""
        self.made[id_] = derive(VaseState, inputs, serial=int(id_))
        return self.made[id_]

    def delete(self, ctx: Context, id_: str, state: VaseState) -> None:
        """Throw it away."""
        self.made.pop(id_, None)


@pytest.fixture
def vases() -> Vases:
    """Give an empty shop."""
    return Vases()


@pytest.fixture
def shop(vases: Vases) -> Iterator[int]:
    """Give the port of a provider that sells vases."""
    server, port = start(Service("shop", "1.2.3", [vases]))
    yield port
    server.stop(None).wait()


@pytest.fixture
def channel(shop: int) -> Iterator[grpc.Channel]:
    """Give a connection to the shop."""
    with grpc.insecure_channel(f"127.0.0.1:{shop}") as made:
        yield made
