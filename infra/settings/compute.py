"""What computes: the cluster, its pools, and what runs there."""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from infra.capacity.schema import json_schema
from infra.settings.section import Section

Count = Annotated[int, Field(ge=0, le=10000)]
Run = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$")]


class Pool(Section):
    """A set of equal machines with one purpose."""

    purpose: Literal["system", "training", "serving"]
    """What runs there; it decides taints, placement and upgrade order."""
    machine: str | None = None
    """A machine type of the platform (`causeway machines` lists them). Default: chosen from `accelerator`."""
    accelerator: str | None = None
    """A neutral accelerator name such as `h100` or `l4`. Default: none, a host without accelerators."""
    accelerators: Annotated[int, Field(ge=1)] | None = None
    """How many accelerators in all: gives the number of nodes. Default: one node's."""
    nodes: Count | None = None
    """How many machines. Default: from `accelerators`."""
    min_nodes: Count | None = None
    """The fewest machines when it scales. Default: `nodes`."""
    max_nodes: Count | None = None
    """The most machines when it scales. Default: `nodes`."""
    zone: str | None = None
    """The one zone of a pool with a fabric. Default: the environment's first zone."""
    disk_gib: Annotated[int, Field(ge=30, le=2048)] | None = None
    """The root disk of each machine in GiB, on clouds. Pods have what is free of it, or of the machine's local disks
    where containers are put on those (EC2's NVMe, Google's local SSD). Default: by purpose, 50 to 256."""
    capacity: Annotated[str | dict[str, Any] | None, WithJsonSchema(json_schema())] = None
    """Where the machines come from: `on-demand`, `spot`, `{reserved: …}`, `{capacity-block: …}`, `{flex-start: …}`, or
    several: `{mixed: [{nodes: 6, reserved: …}, {nodes: 2, spot: {}}]}`.

    Required for machines of eight accelerators. The shares of a mixed pool add up to `nodes` and become a node pool
    each, named like `train-reserved` and `train-spot`, all of which take the pool's pods. Shares fill in order: of
    `min_nodes` the first one has as many as it can, and what `max_nodes` allows above `nodes` is the last one's.
    Machines that join a fabric have one source."""
    options: dict[str, Any] = Field(default_factory=dict)
    """Platform arguments merged last into the pool. Default: none."""


class Cluster(Section):
    """The cluster of an environment."""

    version: str | None = None
    """The Kubernetes version. Default: the platform backend's."""
    image: str | None = None
    """The release of the nodes' system image, which moves by your hand alone. Default: the platform backend's."""
    protect: bool = False
    """Refuse to delete it until this is set to false. Default: false."""
    pools: dict[str, Pool] = Field(default_factory=dict)
    """Pools by name; a cloud needs one with purpose: system.

    Default: none (on this machine: one pool of its GPUs, or of CPU slots)."""
    slots: Annotated[int, Field(ge=1, le=64)] = 2
    """On this machine: worker processes where there is no GPU. Default: 2."""
    issuer: Annotated[str, Field(pattern=r"^(https://.+)?$")] = ""
    """On premises: the address at which everyone can read who signs the cluster's tokens, so that clouds may trust its
    workloads: the API server's `--service-account-issuer`. Default: none, nobody outside trusts them."""
    admin_principals: tuple[str, ...] = ()
    """Who administers the cluster, as the cloud names principals. Needed on AWS and Azure. Default: the deployer."""


class Training(Section):
    """A training job."""

    workload: Literal["pretrain"] = "pretrain"
    """A folder of `workloads/`. Default: pretrain."""
    pool: str | None = None
    """The pool that it runs on. Default: the training pool."""
    store: str
    """Where tokens, checkpoints and the model go: a name from `stores`."""
    run: Run = "runs/pretrain"
    """Where in the store the run keeps them; another name begins another run beside it.

    Default: runs/pretrain; in a stack that stands on another one: runs/ and its own name."""
    retries: Annotated[int, Field(ge=0, le=100)] = 2
    """How often a failed run starts again, from its last checkpoint. Default: 2."""
    timeout_minutes: Annotated[int, Field(ge=1)] = 60
    """The longest it may take. Default: 60."""
    options: dict[str, Any] = Field(default_factory=dict)
    """The workload's own settings: the fields of `workloads/pretrain/spec.py`. Default: its defaults."""


class Serving(Section):
    """A serving endpoint."""

    workload: Literal["serve"] = "serve"
    """A folder of `workloads/`. Default: serve."""
    pool: str | None = None
    """The pool that it runs on. Default: the serving pool."""
    store: str
    """Where the model is: a name from `stores`."""
    run: Run | None = None
    """The run whose model is served. Default: that of the stack's own training, else runs/pretrain."""
    replicas: Annotated[int, Field(ge=1)] = 1
    """How many servers. Default: 1."""
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    """The port on this machine; 0 takes a free one and keeps it. Default: 0."""
    restart: Literal["never", "on-failure", "always"] = "on-failure"
    """What happens when it dies; `never` leaves the repair to the next `up`. Default: on-failure."""
    drain_seconds: Annotated[int, Field(ge=0, le=600)] = 20
    """How long running requests may finish when it stops. Default: 20."""
    options: dict[str, Any] = Field(default_factory=dict)
    """The workload's own settings: the fields of `workloads/serve/spec.py`. Default: its defaults."""
