"""Where a workload runs: a pool of a cluster, and what its pods have to know of it."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import pulumi

from components.identity.shape import Identity
from stacks.ground import PoolFacts

SHARED = "/shared/store/"
"""Where pods see the store's objects as files, on environments with a shared file system."""

VOLUME = ("driver", "handle", "attributes", "capacity_gib")
"""What pods have to know of every shared file system."""

MORE = ("secret", "mount_options", "access", "path")
"""What they have to know of some."""


@dataclasses.dataclass(frozen=True)
class Seat:
    """The pool that a workload runs on; without pools, the cluster's own one."""

    pool: str = ""
    """The pool's name."""
    machine: str = ""
    """Its machine type."""
    nodes: int = 1
    """How many machines."""
    accelerators: int = 0
    """Accelerators of one machine."""
    fabric: bool = False
    """Whether its machines join their fabric."""
    networks: str = ""
    """What its pods ask for to be attached to the fabric. Default: nothing."""
    daemon_image: str = ""
    """The image of the fabric's daemon in a registry of one's own. Default: the published one."""

    @classmethod
    def of(cls, pools: Mapping[str, PoolFacts], name: str | None, purpose: str) -> "Seat":
        """Find the pool of that name, or the first one of that purpose."""
        found = name or next((one for one, pool in pools.items() if pool.purpose == purpose), "")
        return cls(found, **pools[found].model_dump(exclude={"purpose", "disk_gib"})) if found else cls()

    def cluster(
        self,
        kubeconfig: pulumi.Input[str],
        identity: Identity,
        volume: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Give what the workload's component has to know of the cluster.

        Args:
            kubeconfig: How to reach it, a secret.
            identity: Who the workload is.
            volume: The shared file system. Default: none.
        """
        token = dataclasses.asdict(identity.token) if identity.token else None
        return {
            "kubeconfig": kubeconfig,
            "pool": self.pool,
            "machine": self.machine,
            "nodes": self.nodes,
            "fabric": self.fabric,
            "annotations": identity.annotations,
            **(
                {"volume": {part: volume[part] for part in (*VOLUME, *MORE) if part in volume}}
                if volume
                else {}
            ),
            **({"networks": self.networks} if self.networks else {}),
            **({"daemon_image": self.daemon_image} if self.daemon_image else {}),
            **({"credentials": dict(identity.credentials)} if identity.credentials else {}),
            **({"token": token} if token else {}),
        }
