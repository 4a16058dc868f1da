"""The site's end of a link: what its border routers are told, rendered and kept as a secret for their automation."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_random as random

from components import site
from components.interconnect.onprem import router, tunnel
from components.interconnect.onprem.tunnel import Tunnel
from components.interconnect.shape import InterconnectOutputs, InterconnectSpec
from infra import naming


def build(name: str, spec: InterconnectSpec, opts: pulumi.ResourceOptions) -> InterconnectOutputs:
    """Render BGP for FRR, MACsec for wpa_supplicant, one file a port, and the far end's tunnel for strongSwan.

    Raises:
        ProblemsError: The network is missing, or something is asked for that the far end makes.
    """
    refuse(name, spec)
    ports = router.ports(name, spec)
    keys = {port.label: _pair(port.label, spec, opts) for port in ports} if spec.macsec else {}
    files: dict[str, pulumi.Input[str]] = _files(spec, ports)
    for label, pair in keys.items():
        files[f"macsec-{label}.conf"] = pair.apply(lambda both: router.macsec(both["ckn"], both["cak"]))
    title = naming.name(pulumi.get_stack(), name, "router")
    space = site.namespace(title, spec.labels, opts)
    after = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[space]))
    kept = site.secret("router", title, files, spec.labels, after)
    return InterconnectOutputs(
        id=kept.id,
        ports={port.label: pulumi.Output.from_input(port.interface) for port in ports},
        keys=keys,
    )


def refuse(name: str, spec: InterconnectSpec) -> None:
    """Refuse what the far end makes, and what no router's files here could do.

    Raises:
        ProblemsError: Names everything at once, or what is missing.
    """
    site.needed("Interconnect", name, network=spec.network)
    site.cannot(
        "Interconnect",
        name,
        vpn_fallback=(
            spec.vpn_fallback,
            "false: the far end makes the tunnel and gives it out as far_tunnels",
        ),
        in_service=(not spec.in_service, "true: the far end orders its ports"),
        # AWS Direct Connect guide, MACsec: extended packet numbers are required; wpa_supplicant's suites have none
        macsec=(
            spec.macsec and spec.bandwidth_gbps >= router.EXTENDED,
            f"false, or less than {router.EXTENDED} Gbit/s: wpa_supplicant counts packets with 32 bits alone",
        ),
        ports=(spec.ports if spec.ports > 1 else 0, "1: the router's own settings bundle ports"),
    )


def _files(spec: InterconnectSpec, ports: Sequence[router.Port]) -> dict[str, pulumi.Input[str]]:
    """Write what hangs on the far end's answers: addresses and keys of sessions, and its tunnels."""
    told = pulumi.Output.all(
        cidr=spec.network["cidr"], sessions=spec.far_sessions, tunnels=spec.far_tunnels or {}
    )

    def bgp(far: dict[str, Any]) -> str:
        return router.bgp(spec, _ports(ports, far), far["cidr"], Tunnel.listed(far["tunnels"]))

    def interfaces(far: dict[str, Any]) -> str:
        made = router.interfaces(spec, _ports(ports, far))
        return made + tunnel.interfaces(Tunnel.listed(far["tunnels"]))

    def swanctl(far: dict[str, Any]) -> str:
        return tunnel.swanctl(Tunnel.listed(far["tunnels"]))

    fallback = {"swanctl.conf": told.apply(swanctl)} if spec.far_tunnels is not None else {}
    return {"frr.conf": told.apply(bgp), "interfaces.sh": told.apply(interfaces), **fallback}


def _ports(ports: Sequence[router.Port], far: dict[str, Any]) -> Sequence[router.Port]:
    return router.joined(ports, far["sessions"]) if far["sessions"] else ports


def _pair(label: str, spec: InterconnectSpec, opts: pulumi.ResourceOptions) -> pulumi.Output[dict[str, str]]:
    """Make the pair of a port; the far end takes it from the stack's secret outputs, or gave its own."""
    if spec.far_keys is not None:
        given: pulumi.Output[dict[str, dict[str, str]]] = pulumi.Output.from_input(spec.far_keys)
        return pulumi.Output.secret(given.apply(lambda pairs: pairs[label]))
    parts: dict[str, pulumi.Output[str]] = {}
    for part in ("ckn", "cak"):
        keepers = {"generation": str(spec.key_generation)}
        parts[part] = random.RandomBytes(f"{label}-{part}", length=32, keepers=keepers, opts=opts).hex
    pair: pulumi.Output[dict[str, str]] = pulumi.Output.all(**parts).apply(dict)
    return pulumi.Output.secret(pair)
