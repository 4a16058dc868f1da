"""The settings of one environment, in neutral terms, and what every stack file says."""

from typing import Annotated, Any

from pydantic import Field, field_validator

from infra.platforms import Platform
from infra.settings.compute import Cluster, Serving, Training
from infra.settings.data import DataClass, Filesystem, Keys, Store
from infra.settings.money import Allowance, Budget
from infra.settings.network import Link, Network
from infra.settings.section import Section


class Ownership(Section):
    """What every stack says of itself: whose it is, and what it may cost."""

    owner: str
    """The person or group who answers for the environment."""
    team: str
    """The team that it is charged to."""
    cost_center: str
    """The ledger that pays."""
    labels: dict[str, str] = Field(default_factory=dict)
    """More labels for every resource. Default: none."""
    budget: Allowance
    """What it may cost."""
    may_lose: tuple[str, ...] = ()
    """Resources by name that `causeway up` may replace or delete although they are pools of machines, stores, file
    systems or keys. Every other loss of these stops it before anything is changed. Default: none."""


class Promises(Ownership):
    """What a stack says besides that holds data, or a line for it: what that data may."""

    data_classes: dict[str, DataClass]
    """The classes of data by name."""
    budget: Budget
    """What it may cost."""

    @field_validator("data_classes")
    @classmethod
    def _has_a_class(cls, classes: dict[str, Any]) -> dict[str, Any]:
        if not classes:
            raise ValueError("at least one class is needed: residency and rotation hang on it")
        return classes


class Settings(Promises):
    """One environment. Every field is a `causeway:<name>` key of `stacks/Pulumi.<stack>.yaml`."""

    platform: Platform
    """Where it runs."""
    region: str = "local"
    """The platform's name of the region. Default: local, which only this machine knows."""
    account: str = ""
    """The account, project or subscription, needed on clouds; every other one is refused. Default: none."""
    kubeconfig: str | None = None
    """On premises: how to reach the existing cluster, in YAML. With a credential in it, set it by
    `pulumi config set --secret causeway:kubeconfig`. Default: none."""
    zones: tuple[str, ...] = ()
    """Zones, first the one of the fabric. Default: the backend's choice of three."""
    jurisdiction: str | None = None
    """Where an on-premises site or this machine stands, for example `eu`. Clouds know it from the region."""
    quotas: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    """Accelerators that the cloud has granted in the region, by name, such as `h100: 64`: the plan shows what is short.

    Default: none are declared."""
    keys: Keys = Keys()
    """How keys are kept."""
    stores: dict[str, Store] = Field(default_factory=dict)
    """Object stores by name. Default: none."""
    network: Network = Network()
    """The private network; no effect on this machine."""
    filesystem: Filesystem | None = None
    """A shared parallel file system. Default: none."""
    cluster: Cluster = Cluster()
    """The cluster."""
    links: dict[str, Link] = Field(default_factory=dict)
    """Dedicated interconnects by name. Default: none."""
    training: Training | None = None
    """A training job. Default: none."""
    serving: Serving | None = None
    """A serving endpoint. Default: none."""

    @property
    def summary(self) -> str:
        """Say in a few words what the stack is."""
        count = len(self.stores)
        return f"platform {self.platform}, {count} store{'s' * (count != 1)}"

    @property
    def here(self) -> bool:
        """Whether all of it is on this machine, where nothing is charged."""
        return self.platform == "local"
