"""The machines of a pool by name: where each stands, who owns its drivers, how its GPUs are cut."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, TypedDict, cast

from components.gpu_cluster.pools import NodePoolSpec
from components.reading import Reader
from infra.catalog import mig

Owner = Literal["operator", "host"]
Attach = Literal["host-device", "sriov"]

_KEY = re.compile(r"0x[0-9a-f]{4}")
_FULL = 0x8000
_MANAGEMENT = 0x7FFF


class HostArgs(TypedDict):
    """Where a machine stands."""

    rack: str
    """Its rack."""
    leaf: NotRequired[str]
    """The switch of its first rail. Required for pools with a fabric."""
    spine: NotRequired[str]
    """The switch group above the leaf. Default: none."""


class SiteArgs(TypedDict):
    """What a pool of a site says beyond the neutral arguments, as its `options`."""

    hosts: dict[str, HostArgs]
    """The machines, as Kubernetes names its nodes; as many as the pool has nodes."""
    driver: NotRequired[Owner]
    """Who installs drivers of GPUs and adapters: operator, or host where the machine brings them. Default: operator."""
    attach: NotRequired[Attach]
    """How pods get InfiniBand: host-device, whole adapters; sriov, a virtual function of each. Default: host-device."""
    adapters: NotRequired[list[str]]
    """Interfaces of the fabric's adapters, for example ibp24s0, all that a machine has. Required with sriov, whose
    operator makes InfiniBand of every card that it is given."""
    partition_key: NotRequired[str]
    """The InfiniBand partition of its pods, for example 0x8012; needs sriov. Default: as the fabric manager says."""
    mig: NotRequired[dict[str, int]]
    """How each GPU is cut, parts by profile. Default: not at all."""


@dataclass(frozen=True)
class Host:
    """The checked form of `HostArgs`, every field present."""

    rack: str
    leaf: str
    spine: str

    def labels(self) -> dict[str, str]:
        """Give the labels by which a scheduler keeps a job under few switches."""
        # the two keys of NVIDIA's topograph, which Kueue and Slurm's bridge read too
        places = {
            "causeway/rack": self.rack,
            "network.topology.nvidia.com/leaf": self.leaf,
            "network.topology.nvidia.com/spine": self.spine,
        }
        return {key: value for key, value in places.items() if value}


@dataclass(frozen=True)
class Site:
    """The checked form of `SiteArgs`, every field present."""

    pool: NodePoolSpec
    hosts: Mapping[str, Host]
    driver: Owner
    attach: Attach
    adapters: tuple[str, ...]
    partition_key: str
    mig: Mapping[str, int]

    @property
    def gpu(self) -> bool:
        """Whether its machines have NVIDIA GPUs."""
        return self.pool.machine.gpus > 0


def parse(pools: Mapping[str, NodePoolSpec], name: str) -> dict[str, Site]:
    """Check what the pools say of their machines.

    Raises:
        ProblemsError: Carries every mistake of all pools at once.
    """
    outer = Reader(f"GpuCluster {name!r}", {}, ())
    found = {label: _site(pool, outer) for label, pool in pools.items()}
    _disjoint(found, outer)
    _one_owner(found, outer)
    outer.done()
    return found


def _site(pool: NodePoolSpec, outer: Reader) -> Site:
    where = f"pools.{pool.name}.options"
    reader = outer.inside(where, pool.options, SiteArgs.__annotations__)
    hosts = {name: _host(name, host, pool, reader) for name, host in reader.mapping("hosts").items()}
    if len(hosts) != pool.nodes or pool.min_nodes != pool.max_nodes:
        given = f"{len(hosts)} named, nodes {pool.nodes} ({pool.min_nodes} to {pool.max_nodes})"
        reader.refuse("hosts", given, "each machine by name; what stands in a rack does not scale")
    site = Site(
        pool=pool,
        hosts=hosts,
        driver=cast("Owner", reader.choice("driver", ("operator", "host"), "operator")),
        attach=cast("Attach", reader.choice("attach", ("host-device", "sriov"), "host-device")),
        adapters=tuple(reader.listed("adapters")),
        partition_key=reader.text("partition_key", ""),
        mig=reader.mapping("mig"),
    )
    _check_adapters(site, reader)
    _check_partition(site, reader)
    _check_cuts(site, reader)
    return site


def _host(name: str, args: Mapping[str, Any], pool: NodePoolSpec, outer: Reader) -> Host:
    reader = outer.inside(f"hosts.{name}", args, HostArgs.__annotations__)
    # without the leaf no scheduler can keep a job's ring short
    leaf = reader.text("leaf", None if pool.fabric else "")
    return Host(reader.text("rack"), leaf, reader.text("spine", ""))


def _check_adapters(site: Site, reader: Reader) -> None:
    """Told no names, the operator takes every card of the vendor, and sets the firmware of those of Ethernet anew."""
    wanted = site.pool.machine.nics if site.attach == "sriov" and site.pool.fabric else 0
    if len(set(site.adapters)) != wanted or len(site.adapters) != wanted:
        given = f"given {', '.join(map(str, site.adapters)) or 'none'} with attach: {site.attach}"
        reader.refuse("adapters", given, f"{wanted} interfaces, each once" if wanted else "none")


def _check_partition(site: Site, reader: Reader) -> None:
    if not site.partition_key:
        return
    allowed = "0x8001 to 0xfffe (full members), with attach: sriov on a pool with a fabric"
    number = int(site.partition_key, 16) if _KEY.fullmatch(site.partition_key) else 0
    plain = number & _MANAGEMENT
    if not (number & _FULL and 0 < plain < _MANAGEMENT) or site.attach != "sriov" or not site.pool.fabric:
        reader.refuse("partition_key", f"given {site.partition_key!r} with attach: {site.attach}", allowed)


def _check_cuts(site: Site, reader: Reader) -> None:
    if not site.mig:
        return
    if site.pool.machine.accelerator is None or site.pool.fabric:
        reader.refuse(
            "mig", "given", "a pool of GPUs that serves: parts of a GPU cannot reach each other or a fabric"
        )
        return
    for problem in mig.check(site.pool.machine.accelerator.model, site.mig):
        reader.refuse(problem.where, problem.text, problem.allowed, problem.suggestion)


def _disjoint(sites: Mapping[str, Site], outer: Reader) -> None:
    """A machine that two pools claim would bear the taints of both."""
    seen: dict[str, str] = {}
    for label, site in sites.items():
        for host in site.hosts:
            if host in seen:
                outer.refuse(
                    f"pools.{label}.options.hosts", f"{host} is in pool {seen[host]!r} too", "one pool"
                )
            seen[host] = label


def _one_owner(sites: Mapping[str, Site], outer: Reader) -> None:
    """Two owners of one driver corrupt the container runtime (aks-rdma-infiniband pull request 54)."""
    owners = {site.driver for site in sites.values() if site.gpu}
    if len(owners) > 1:
        outer.refuse(
            "pools", "some leave the driver to the operator, some to the host", "one owner for all pools"
        )
