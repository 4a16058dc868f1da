"""The blueprint over two environments: a line between them, training at the site, serving in the cloud.

The run is kept in a store of the cloud. The site's pods reach it over the line, and prove who they are by tokens of
their own cluster: no key lies anywhere.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, cast

import pulumi

from components.account.shape import Account
from components.identity.shape import Identity
from components.inference_service.shape import InferenceService
from components.interconnect.shape import Interconnect
from components.training_job.shape import TrainingJob
from infra import naming
from infra.settings import Hybrid
from stacks import reference
from stacks.across import Across, check
from stacks.environment import Environment
from stacks.foundation import line_args
from stacks.labelled import labels, strictest
from stacks.seats import SHARED
from stacks.tenants import job, server

LINE = "line"
"""The link's name, after which its ports are called at both ends."""


@dataclass
class Bridge:
    """Builds what spans a site and a cloud, part by part; each part stands on the ones before it."""

    settings: Hybrid
    """The stack's settings."""
    sides: Across
    """The two environments."""
    near: Interconnect = field(init=False)
    """The cloud's end of the line."""
    far: Interconnect = field(init=False)
    """The site's end of the line."""

    def __post_init__(self) -> None:
        site, cloud = self.sides.site.ground, self.sides.cloud.ground
        there = {"platform": cloud.platform, "region": cloud.region, "account": cloud.account}
        here = {
            "platform": site.platform,
            "region": site.region,
            "kubeconfig": self.sides.site.kubeconfig,
            "storage": False,
        }
        self.cloud = Account("cloud", cast("Any", there))
        self.site = Account("site", cast("Any", here))
        self.near = self._near()
        self.far = self._far()

    def _near(self) -> Interconnect:
        site, cloud, line = self.sides.site.ground, self.sides.cloud.ground, self.settings.line
        args = {
            **line_args(line),
            "platform": cloud.platform,
            "region": cloud.region,
            "key_generation": self.settings.key_generation,
            "vpn_fallback": line.vpn_fallback,
            "peer_asn": line.peer.asn,
            "peer_cidrs": [site.network.cidr],
            "peer_address": line.peer.address,
            "network": cloud.network.model_dump(),
            "door": True,
            "labels": labels(self.settings, cloud.platform, "interconnect", strictest(self.settings)),
        }
        return Interconnect(LINE, cast("Any", args), self.cloud.inside())

    def _far(self) -> Interconnect:
        """Give the site's routers what the cloud's end came to: addresses, keys, and its tunnel."""
        site, cloud, line, near = (
            self.sides.site.ground,
            self.sides.cloud.ground,
            self.settings.line,
            self.near,
        )
        args = {
            **line_args(line),
            "platform": site.platform,
            "region": site.region,
            "asn": line.peer.asn,
            "vpn_fallback": False,
            "peer_asn": line.asn,
            "peer_cidrs": [cloud.network.cidr],
            "network": site.network.model_dump(),
            "far_name": LINE,
            "far_sessions": near.sessions,
            **({"far_keys": near.keys} if line.macsec else {}),
            **({"far_tunnels": near.tunnels} if line.vpn_fallback else {}),
            "labels": labels(self.settings, site.platform, "interconnect", strictest(self.settings)),
        }
        return Interconnect(f"{LINE}-site", cast("Any", args), self.site.inside())

    def train(self) -> TrainingJob:
        """Run the trainer at the site; it writes to the cloud's store over the line, as itself."""
        training, site = self.settings.training, self.sides.site
        name = naming.name(pulumi.get_stack(), "pretrain")
        identity = self._identity(name, "write", {"issuer": site.ground.cluster.issuer})
        made = job(training, self.sides.training, {**self._store(), "AWS_ENDPOINT_URL_S3": self.near.door})
        args = {
            **made,
            "platform": site.ground.platform,
            "cluster": self.sides.training.cluster(site.kubeconfig, identity),
            "labels": labels(self.settings, site.ground.platform, "training_job"),
        }
        return TrainingJob(name, cast("Any", args), self.site.inside(identity, self.far))

    def serve(self, trained: TrainingJob) -> InferenceService:
        """Serve the model in the cloud, beside the store that it is in."""
        serving, cloud = self.settings.serving, self.sides.cloud
        name = naming.name(pulumi.get_stack(), "serve")
        identity = self._identity(name, "read", {"cluster": cloud.ground.cluster.name})
        volume = cloud.ground.volume
        folder = SHARED if volume and volume.store == serving.store else ""
        args = {
            **server(serving, trained.result, folder, self._store()),
            "platform": cloud.ground.platform,
            "cluster": self.sides.serving.cluster(
                cloud.kubeconfig, identity, volume.model_dump() if volume and folder else None
            ),
            "labels": labels(self.settings, cloud.ground.platform, "inference_service"),
        }
        return InferenceService(name, cast("Any", args), self.cloud.inside(identity))

    def _identity(self, name: str, access: Literal["read", "write"], home: dict[str, Any]) -> Identity:
        """Give a workload an identity of the cloud, with rights on the run and no more."""
        training, store, cloud = self.settings.training, self.sides.store, self.sides.cloud.ground
        right = {"store": store.id, "access": access, "prefix": training.run}
        args = {
            **home,
            "platform": cloud.platform,
            "region": cloud.region,
            "account": cloud.account,
            "workload": name,
            "stores": {training.store: {**right, **({"key": store.key} if store.key else {})}},
            "labels": labels(self.settings, cloud.platform, "identity"),
        }
        return Identity(name, cast("Any", args), self.cloud.inside())

    def _store(self) -> dict[str, pulumi.Input[str]]:
        return {"CAUSEWAY_STORE_URL": self.sides.store.url, "CAUSEWAY_KEY_RING": ""}


def build(settings: Hybrid) -> dict[str, pulumi.Input[Any]]:
    """Build what spans two environments and give what it exports: flat names, secrets apart.

    Raises:
        ProblemsError: A stack that it stands on is not there or does not fit; nothing was made.
    """
    found = reference.read(site=settings.references.site, cloud=settings.references.cloud)
    sides = check(settings, found["site"], found["cloud"])
    Environment(pulumi.get_stack(), settings, jurisdiction=sides.site.ground.jurisdiction)
    bridge = Bridge(settings, sides)
    trained = bridge.train()
    return {
        "line": bridge.near.ports,
        "router": bridge.far.gateway_id,
        "training": trained.result,
        "endpoint": bridge.serve(trained).url,
    }
