"""The settings of a stack that spans two environments: what joins them, and what runs across."""

from typing import Annotated

from pydantic import Field

from infra.settings.compute import Serving, Training
from infra.settings.model import Promises
from infra.settings.network import Span
from infra.settings.section import Section


class References(Section):
    """The stacks that a hybrid one reads, by what they are to it."""

    site: str
    """The stack of an own site: its cluster trains. A name of this project, or `organization/project/stack`."""
    cloud: str
    """The stack of a cloud: its store keeps the run, its cluster serves the model."""


class Hybrid(Promises):
    """Two environments in one run; a stack file with `causeway:references` is one of these."""

    references: References
    """The stacks that it stands on; they are up before it, and down after it."""
    line: Span
    """The dedicated interconnect between both."""
    key_generation: Annotated[int, Field(ge=1)] = 1
    """Raise it by one for new MACsec key pairs. Default: 1."""
    training: Training
    """The training job: `pool` is one of the site, `store` one of the cloud."""
    serving: Serving
    """The endpoint: `pool` and `store` are the cloud's."""

    @property
    def summary(self) -> str:
        """Say in a few words what the stack is."""
        return f"{self.references.site} trains, {self.references.cloud} serves"

    @property
    def here(self) -> bool:
        """Whether all of it is on this machine, where nothing is charged."""
        return False
