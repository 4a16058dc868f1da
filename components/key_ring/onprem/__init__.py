"""OpenBao on the site's own machines: one key a class of data, which no one can read, only use."""

from collections.abc import Mapping

import pulumi
import pulumi_random as random

from components import site
from components.key_ring.onprem import certificates, server
from components.key_ring.onprem.keeper import KEEPER, Key, listed
from components.key_ring.shape import KeyRingOutputs, KeyRingSpec
from infra import naming

PURPOSES = ("logs", "cluster")
"""Keys beside those of the data classes, for what the platform itself writes."""


def build(name: str, spec: KeyRingSpec, opts: pulumi.ResourceOptions) -> KeyRingOutputs:
    """Install OpenBao and tell its keeper which keys there are; they rotate by themselves and on `generation`.

    Raises:
        ProblemsError: A hardware module or a copy in another region is asked for.
    """
    regions = ", ".join(region for found in spec.replica_regions.values() for region in found)
    site.cannot(
        "KeyRing",
        name,
        hardware=(
            spec.hardware,
            "false: no source names the site's PKCS#11 module; keys rest under a seal key",
        ),
        replica_regions=(regions, "none: a site is one place"),
    )
    keys = wanted(name, spec)
    space = site.namespace(site.VAULT, spec.labels, opts)
    inside = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[space]))
    authority = certificates.issue(name, spec.labels, inside)
    tokens = _tokens(keys, spec, inside)
    release = server.install(spec, keys.values(), [authority, *tokens], inside)
    named = {label: _after(release, key.title) for label, key in keys.items()}
    return KeyRingOutputs(
        keys={label: named[label] for label in spec.rotation_days},
        purposes={label: named[label] for label in PURPOSES},
        replicas={},
    )


def wanted(name: str, spec: KeyRingSpec) -> dict[str, Key]:
    """List the keys by class of data or purpose; a purpose rotates as often as the strictest class."""
    strictest = min(spec.rotation_days.values())
    days = {**spec.rotation_days, **dict.fromkeys(PURPOSES, strictest)}
    return {
        label: Key(naming.name(pulumi.get_stack(), name, label), period, spec.generation)
        for label, period in days.items()
    }


def _after(release: pulumi.CustomResource, title: str) -> pulumi.Output[str]:
    """Give a key's name to who waits for what holds it; a preview knows it, so that judges see it there."""
    return release.urn.apply(lambda _: title)


def _tokens(
    keys: Mapping[str, Key], spec: KeyRingSpec, opts: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    """Make what the storage system shows to use a key: one a key, good for that key alone.

    The gateways of Ceph take a token from a secret and know no other way in (Rook, object store settings).
    """
    made: dict[str, pulumi.Output[str]] = {}
    secrets: list[pulumi.Resource] = []
    for key in keys.values():
        token = random.RandomPassword(
            f"{key.title}-token",
            length=48,
            special=False,
            keepers={"generation": str(key.generation)},
            opts=opts,
        )
        made[key.title] = token.result
        title = f"{key.title}-token"
        secrets.append(site.secret(title, site.STORAGE, {"token": token.result}, spec.labels, opts))
    keeper: dict[str, pulumi.Input[str]] = {"keys": listed(keys.values()), "keeper.sh": KEEPER, **made}
    return [*secrets, site.secret("keeper", site.VAULT, keeper, spec.labels, opts)]
