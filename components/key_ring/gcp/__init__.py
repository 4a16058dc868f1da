"""Cloud KMS keys: one a class of data, and one each for logs and for the cluster, with rotation by KMS itself."""

from collections.abc import Iterable

import pulumi
from pulumi_gcp import kms

from components.google import needed
from components.key_ring.gcp.agents import Agents
from components.key_ring.shape import KeyRingOutputs, KeyRingSpec
from infra.catalog import regions
from infra.problems import Problem, ProblemsError

DAY = 86_400
PURPOSES = {"logs": ("logging",), "cluster": ("compute", "container")}
"""Keys beside those of the data classes, each with the Google services that use it."""

DATA = ("compute", "lustre", "storage")
"""The Google services that hold a class of data: disks, file systems, buckets."""


def build(name: str, spec: KeyRingSpec, opts: pulumi.ResourceOptions) -> KeyRingOutputs:
    """Make a ring a location, its keys, and the rights of the Google services that use them.

    Raises:
        ProblemsError: A class asks for what KMS can't promise, or for a copy outside its jurisdictions.
    """
    needed("KeyRing", name, account=spec.account, region=spec.region)
    places = copies(spec)
    maker = _Maker(name, spec, Agents(name, spec.account, opts), opts)
    home = maker.ring(spec.region)
    keys = {
        data_class: maker.key(home, data_class, days, DATA, {"data-class": data_class})
        for data_class, days in spec.rotation_days.items()
    }
    strictest = min(spec.rotation_days.values())
    purposes = {purpose: maker.key(home, purpose, strictest, who) for purpose, who in PURPOSES.items()}
    rings = {place: maker.ring(place) for place in sorted(set(places.values()))}
    replicas = {
        f"{data_class}/{region}": maker.key(
            rings[place],
            f"{data_class}-{place}",
            spec.rotation_days[data_class],
            DATA,
            {"data-class": data_class},
        )
        for (data_class, region), place in places.items()
    }
    return KeyRingOutputs(keys, purposes, replicas)


def copies(spec: KeyRingSpec) -> dict[tuple[str, str], str]:
    """Give the location of the key for each class and further region: the dual-region of both.

    Google Cloud keeps a copy in a bucket of two regions, and the bucket's key must lie in the same two.

    Raises:
        ProblemsError: There is no such dual-region, it leaves the class's jurisdictions, or rotation is by hand.
    """
    found: dict[tuple[str, str], str] = {}
    problems = list(_by_hand(spec))
    for data_class, wanted in spec.replica_regions.items():
        for region in wanted:
            where = f"replica_regions.{data_class}"
            try:
                place = regions.dual_region("gcp", spec.region, region)
            except ValueError as error:
                problems.append(Problem(where, str(error)))
                continue
            allowed = spec.jurisdictions.get(data_class, ["any"])
            if not (law := regions.jurisdiction_of("gcp", place)).within(allowed):
                problems.append(Problem(where, f"{place} lies in {law}", ", ".join(allowed)))
            found[data_class, region] = place
    if problems:
        raise ProblemsError("KeyRing can't be built on Google Cloud", problems)
    return found


def _by_hand(spec: KeyRingSpec) -> Iterable[Problem]:
    if spec.generation > 1:
        fix = (
            "1 on Google Cloud; rotate now with `gcloud kms keys versions create --primary`, which keeps the name; "
            "a link's own keys have links.NAME.key_generation"
        )
        yield Problem("generation", f"given {spec.generation}", fix)


class _Maker:
    """Makes rings and keys of one component."""

    def __init__(self, name: str, spec: KeyRingSpec, agents: Agents, opts: pulumi.ResourceOptions) -> None:
        self._name, self._spec, self._agents, self._opts = name, spec, agents, opts

    def ring(self, location: str) -> kms.KeyRing:
        # KMS keeps a ring's name for ever, so the engine adds an ending of its own to each
        return kms.KeyRing(f"{self._name}-{location}", location=location, opts=self._opts)

    def key(
        self,
        ring: kms.KeyRing,
        label: str,
        days: int,
        users: Iterable[str],
        labels: dict[str, str] | None = None,
    ) -> pulumi.Output[str]:
        """Make a key; its id is given out once its users may use it."""
        spec = self._spec
        key = kms.CryptoKey(
            f"{self._name}-{label}",
            key_ring=ring.id,
            purpose="ENCRYPT_DECRYPT",
            rotation_period=f"{days * DAY}s",
            destroy_scheduled_duration=f"{spec.deletion_days * DAY}s",
            version_template={
                "algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION",
                "protection_level": "HSM" if spec.hardware else "SOFTWARE",
            },
            labels={**spec.labels, **(labels or {})},
            opts=pulumi.ResourceOptions(parent=ring, protect=spec.protect),
        )
        rights = [self._right(f"{self._name}-{label}-{user}", key, user) for user in users]
        return pulumi.Output.all(key.id, *(right.id for right in rights)).apply(lambda ids: str(ids[0]))

    def _right(self, label: str, key: kms.CryptoKey, user: str) -> kms.CryptoKeyIAMMember:
        return kms.CryptoKeyIAMMember(
            label,
            crypto_key_id=key.id,
            role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
            member=self._agents.member(user),
            opts=pulumi.ResourceOptions(parent=key),
        )
