"""Networks for the cards of a fabric: VPCs of gVNICs, or one RDMA network with a subnet a card."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
from pulumi_gcp import compute

from components.google import SUBNET_LOGS, rails, title, zones
from components.gpu_cluster.pools import NodePoolSpec
from components.gpu_cluster.shape import GpuClusterSpec
from infra.catalog import fabric
from infra.catalog.layout import FabricNetwork

API = "networking.gke.io/v1"


@dataclass(frozen=True)
class Rail:
    """The network of one card."""

    name: str
    """What pods call it, for example `rdma-0`."""
    mode: str
    """How a pod gets the card: NetDevice or RDMA."""
    network: compute.Network
    """The VPC."""
    subnet: compute.Subnetwork | None
    """The subnet; None where the platform forbids subnets."""

    def attached(self) -> dict[str, pulumi.Input[str]]:
        """Give what a node pool needs to attach the card."""
        subnet = {"subnetwork": self.subnet.name} if self.subnet else {}
        return {"network": self.network.name, **subnet}


def build(name: str, spec: GpuClusterSpec, pool: NodePoolSpec, opts: pulumi.ResourceOptions) -> list[Rail]:
    """Make the networks of a pool, in the order of its machine's cards."""
    blocks = pulumi.Output.from_input(spec.network["fabric_subnets"]).apply(lambda by: by[pool.name])
    maker = _Maker(f"{name}-{pool.name}", spec, pool, blocks, opts)
    return [rail for wanted in fabric.networks(pool.machine) for rail in maker.network(wanted)]


class _Maker:
    """Makes the networks of one pool; every card gets the next range of the pool's block."""

    def __init__(
        self,
        label: str,
        spec: GpuClusterSpec,
        pool: NodePoolSpec,
        block: pulumi.Output[str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        self._label, self._spec, self._pool, self._block, self._opts = label, spec, pool, block, opts
        self._cards = 0

    def network(self, wanted: FabricNetwork) -> list[Rail]:
        """Make one network with its subnets."""
        rdma = wanted.kind != "gvnic"
        label = f"{self._label}-{wanted.name}"
        vpc = compute.Network(
            label,
            name=title(label),
            auto_create_subnetworks=False,
            mtu=wanted.mtu,
            network_profile=self._profile() if rdma else None,
            opts=self._opts,
        )
        if not wanted.subnets:
            return [Rail(wanted.name, "RDMA", vpc, None)]
        if rdma:
            # an RDMA network lets everything in by itself and refuses firewall rules (vpc/docs/rdma-network-profiles)
            names = [f"{wanted.name}-{card}" for card in range(wanted.subnets)]
            return [Rail(one, "RDMA", vpc, self._subnet(one, vpc, {})) for one in names]
        subnet = self._subnet(wanted.name, vpc, {"log_config": SUBNET_LOGS})
        self._open(label, vpc, subnet)
        return [Rail(wanted.name, "NetDevice", vpc, subnet)]

    def _profile(self) -> str:
        ending = fabric.of(self._pool.machine).network_profile
        zone = self._pool.zone or zones(self._spec.network)[0]
        return f"projects/{self._spec.account}/global/networkProfiles/{zone}-{ending}"

    def _subnet(self, name: str, vpc: compute.Network, more: dict[str, object]) -> compute.Subnetwork:
        at, self._cards = self._cards, self._cards + 1
        label = f"{self._label}-{name}"
        return compute.Subnetwork(
            label,
            name=title(label),
            network=vpc.id,
            region=self._spec.region,
            ip_cidr_range=self._block.apply(lambda block: rails(block, at + 1)[at]),
            opts=pulumi.ResourceOptions(parent=vpc),
            **more,
        )

    def _open(self, label: str, vpc: compute.Network, subnet: compute.Subnetwork) -> None:
        """Let the cards of one network talk to each other, and nobody else to them."""
        compute.Firewall(
            label,
            name=title(label),
            network=vpc.id,
            direction="INGRESS",
            allows=[{"protocol": kind} for kind in ("tcp", "udp", "icmp")],
            source_ranges=[subnet.ip_cidr_range],
            opts=pulumi.ResourceOptions(parent=vpc),
        )


def announce(pool: NodePoolSpec, made: list[Rail], opts: pulumi.ResourceOptions) -> None:
    """Make the cards known inside the cluster: parameters and a network of the same name for each.

    Names are those that pods of this machine ask for, so two pools of one fabric share their objects.
    """
    for rail in made:
        params = k8s.apiextensions.CustomResource(
            f"{pool.name}-{rail.name}-params",
            api_version=API,
            kind="GKENetworkParamSet",
            metadata={"name": rail.name},
            spec={
                "vpc": rail.network.name,
                "vpcSubnet": rail.subnet.name if rail.subnet else None,
                "deviceMode": rail.mode,
            },
            opts=opts,
        )
        k8s.apiextensions.CustomResource(
            f"{pool.name}-{rail.name}",
            api_version=API,
            kind="Network",
            metadata={"name": rail.name},
            spec={
                "type": "Device",
                "parametersRef": {
                    "group": "networking.gke.io",
                    "kind": "GKENetworkParamSet",
                    "name": rail.name,
                },
            },
            opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[params])),
        )
