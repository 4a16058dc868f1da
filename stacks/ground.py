"""What an environment tells the stacks that stand on it: one output, whose shape both sides share."""

from pydantic import BaseModel, ConfigDict, field_validator

from infra.platforms import Platform

OUTPUT, SECRET = "ground", "kubeconfig"
"""Names of the outputs: facts for every eye, and the way into the cluster, a secret."""

VERSION = 1
"""Of the shape below. It grows when a reader needs what earlier programs did not tell."""


class Facts(BaseModel):
    """A frozen part of what is told; what a newer program tells besides is no mistake."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class PoolFacts(Facts):
    """One node pool."""

    purpose: str
    """What runs there: system, training or serving."""
    machine: str
    """Its machine type."""
    nodes: int
    """How many machines."""
    accelerators: int
    """Accelerators of one machine."""
    fabric: bool
    """Whether its machines join their fabric."""
    networks: str = ""
    """What its pods ask for to be attached to the fabric; empty where they need not."""
    daemon_image: str = ""
    """The image of the fabric's daemon in a registry of one's own; empty for the published one."""
    disk_gib: int = 0
    """What pods may take of each machine's disk; 0 where nobody knows."""


class ClassFacts(Facts):
    """One class of data."""

    jurisdictions: tuple[str, ...]
    """Where it may be."""
    rotation_days: int
    """The longest time between two rotations of its keys, in days."""
    personal: bool
    """Whether it is about people."""


class GuestFacts(Facts):
    """A stack that a site's store lets in."""

    folder: str
    """The one folder that it sees."""
    access: str
    """read, or write which includes reading."""


class StoreFacts(Facts):
    """One object store."""

    url: str
    """Where clients read and write."""
    id: str
    """The platform's id of the bucket."""
    data_class: str
    """The class of what it holds."""
    key: str
    """The key that encrypts it; empty where none does."""
    run: str = ""
    """Where in it the environment's own training keeps its run; empty where none does."""
    authority: str = ""
    """The certificate by which clients know it, as PEM; empty where public authorities vouch for it."""
    guests: dict[str, GuestFacts] = {}
    """On an own site: the stacks that it lets in, by name."""


class NetworkFacts(Facts):
    """The private network."""

    id: str
    """The platform's id."""
    cidr: str
    """Its IPv4 range."""
    zones: tuple[str, ...]
    """Its zones."""
    subnets: dict[str, str]
    """Private subnets by zone."""
    routes: dict[str, str]
    """Route tables by zone."""

    @field_validator("subnets", "routes")
    @classmethod
    def _in_order(cls, by_zone: dict[str, str]) -> dict[str, str]:
        # the engine keeps no order in a map, and a list made of another order would be a change
        return dict(sorted(by_zone.items()))


class VolumeFacts(Facts):
    """The shared file system, as pods mount it."""

    store: str
    """The store that it is for, by name."""
    driver: str
    """The CSI driver."""
    handle: str
    """The driver's name of it."""
    attributes: dict[str, str]
    """What the driver needs besides."""
    capacity_gib: int
    """Its size."""
    mirrors: bool = True
    """Whether what is in the store is in it too."""


class ClusterFacts(Facts):
    """The cluster."""

    name: str
    """The platform's name."""
    issuer: str
    """Who signs the tokens of its service accounts; empty when nobody outside may trust them."""
    pools: dict[str, PoolFacts]
    """Its node pools by name."""


class Ground(Facts):
    """An environment, as others see it."""

    version: int
    """Of this shape."""
    platform: Platform
    """Where it is."""
    region: str
    """The platform's name of the region."""
    account: str
    """The account that it is in."""
    jurisdiction: str
    """Where an own site stands; empty on clouds, which know it from the region."""
    data_classes: dict[str, ClassFacts]
    """The classes of data by name."""
    network: NetworkFacts
    """Its network."""
    cluster: ClusterFacts
    """Its cluster."""
    stores: dict[str, StoreFacts]
    """Its object stores by name."""
    volume: VolumeFacts | None = None
    """Its shared file system. None: there is none."""

    @property
    def site(self) -> bool:
        """Whether it is an own site: its cluster is the way into it, and its stores name who may use them."""
        return self.platform == "onprem"
