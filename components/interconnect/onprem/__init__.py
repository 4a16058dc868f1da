"""The site's end of a link: what its border routers are told, rendered and kept as a secret for their automation."""

import pulumi
import pulumi_random as random

from components import site
from components.interconnect.onprem import router
from components.interconnect.shape import InterconnectOutputs, InterconnectSpec
from infra import naming


def build(name: str, spec: InterconnectSpec, opts: pulumi.ResourceOptions) -> InterconnectOutputs:
    """Render BGP for FRR, and MACsec for wpa_supplicant, one file a port.

    Raises:
        ProblemsError: The network is missing, or something is asked for that the far end makes.
    """
    site.needed("Interconnect", name, network=spec.network)
    tunnel = "false: the far end makes the tunnel and gives out the router's part of it"
    site.cannot("Interconnect", name, vpn_fallback=(spec.vpn_fallback, tunnel))
    ports = router.ports(name, spec)
    keys = {port.label: _pair(port.label, spec, opts) for port in ports} if spec.macsec else {}
    files: dict[str, pulumi.Input[str]] = {
        "frr.conf": pulumi.Output.from_input(spec.network["cidr"]).apply(
            lambda cidr: router.bgp(spec, ports, str(cidr))
        ),
        "interfaces.sh": router.interfaces(spec, ports),
    }
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
