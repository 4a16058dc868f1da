"""The blueprint over two environments: a line between them, training at the site, serving in the cloud.

The run is kept in a store of the cloud. The site's pods reach it over the line, and prove who they are by tokens of
their own cluster: no key lies anywhere.
"""

from dataclasses import dataclass, field
from typing import Any, cast

import pulumi

from components.account.shape import Account
from components.inference_service.shape import InferenceService
from components.interconnect.shape import Interconnect
from components.training_job.shape import TrainingJob
from infra.settings import Hybrid
from stacks import reference, standing
from stacks.across import Across, check
from stacks.environment import Environment
from stacks.foundation import line_args
from stacks.host import Host
from stacks.labelled import labels, strictest
from stacks.tenants import identity, job, serve

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
        self.host = Host.read(self.sides.cloud, self.settings, self.cloud)
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
        training, site, cloud = self.settings.training, self.sides.site, self.host
        name, store = cloud.name("pretrain"), training.store
        who = identity(cloud, name, store, "write", training.run, issuer=site.ground.cluster.issuer)
        over = {**cloud.variables(store), "AWS_ENDPOINT_URL_S3": self.near.door}
        args = {
            **job(training, self.sides.training, over),
            "platform": site.ground.platform,
            "cluster": self.sides.training.cluster(site.kubeconfig, who),
            "labels": labels(self.settings, site.ground.platform, "training_job"),
        }
        return TrainingJob(name, cast("Any", args), self.site.inside(who, self.far))

    def serve(self, trained: TrainingJob) -> InferenceService:
        """Serve the model in the cloud, beside the store that it is in."""
        return serve(self.host, self.settings.serving, self.settings.training, trained)


def build(settings: Hybrid) -> dict[str, pulumi.Input[Any]]:
    """Build what spans two environments and give what it exports: flat names, secrets apart.

    Raises:
        ProblemsError: A stack that it stands on is not there or does not fit; nothing was made.
    """
    found = reference.read(standing.roles(settings))
    sides = check(settings, found["references.site"], found["references.cloud"])
    place = sides.site.ground.jurisdiction
    Environment(pulumi.get_stack(), settings, settings.data_classes, jurisdiction=place)
    bridge = Bridge(settings, sides)
    trained = bridge.train()
    return {
        "line": bridge.near.ports,
        "router": bridge.far.gateway_id,
        "training": trained.result,
        "endpoint": bridge.serve(trained).url,
    }
