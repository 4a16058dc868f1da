"""The settings of a stack of workloads alone, on an environment that another stack made."""

from infra.settings.compute import Serving, Training
from infra.settings.model import Ownership


class Tenant(Ownership):
    """Workloads on another stack's environment; a stack file with `causeway:stands_on` is one of these."""

    stands_on: str
    """The stack of the environment, up before this one and down after it. A name of this project, or
    `organization/project/stack`."""
    data_classes: tuple[str, ...] = ()
    """The classes of data that it may touch: names of the environment's, which says what they promise.

    Default: those of the stores that it names."""
    training: Training | None = None
    """A training job: `pool` and `store` are the environment's. Default: none."""
    serving: Serving | None = None
    """A serving endpoint: `pool` and `store` are the environment's. Default: none."""

    @property
    def summary(self) -> str:
        """Say in a few words what the stack is."""
        parts = (("trains", self.training), ("serves", self.serving))
        return f"{' and '.join(name for name, part in parts if part)} on {self.stands_on}"

    @property
    def here(self) -> bool:
        """Whether all of it is on this machine, where nothing is charged."""
        return False
