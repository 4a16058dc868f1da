"""KMS keys: one a class of data, and one each for what AWS writes by itself (logs) and for the cluster."""

from collections.abc import Mapping

import pulumi
from pulumi_aws import kms

from components.amazon import needed
from components.key_ring.aws.policies import Writer
from components.key_ring.shape import KeyRingOutputs, KeyRingSpec
from components.parts import part_of
from infra.catalog import regions
from infra.problems import Problem, ProblemsError

SHORTEST, LONGEST = 90, 2560
"""Days between two rotations that KMS takes (KMS API, EnableKeyRotation, RotationPeriodInDays)."""

PURPOSES = ("logs", "cluster")
"""Keys beside those of the data classes: their policies let other principals in."""


def build(name: str, spec: KeyRingSpec, opts: pulumi.ResourceOptions) -> KeyRingOutputs:
    """Make the keys, their aliases and their replicas. KMS keeps every key in a hardware module.

    Raises:
        ProblemsError: A class asks for what KMS can't promise, or for a replica outside its jurisdictions.
    """
    needed("KeyRing", name, account=spec.account, region=spec.region)
    refuse(spec)
    writer = Writer(spec.account, spec.region)
    keys = {
        data_class: _key(
            f"{name}-{data_class}", spec, opts, days=days, policy=writer.data(), data_class=data_class
        )
        for data_class, days in spec.rotation_days.items()
    }
    strictest = min(spec.rotation_days.values())
    purposes = {
        purpose: _key(f"{name}-{purpose}", spec, opts, days=strictest, policy=policy)
        for purpose, policy in zip(PURPOSES, (writer.logs(), writer.cluster()), strict=True)
    }
    replicas = {
        f"{data_class}/{region}": _replica(f"{name}-{data_class}-{region}", spec, keys[data_class], region)
        for data_class, wanted in spec.replica_regions.items()
        for region in wanted
    }
    return KeyRingOutputs(*(_arns(made) for made in (keys, purposes, replicas)))


def refuse(spec: KeyRingSpec) -> None:
    """Raise every promise that KMS can't keep, all at once.

    Raises:
        ProblemsError: Rotation out of KMS's bounds, rotation on demand, or a replica where it may not be.
    """
    found = [
        Problem(f"rotation_days.{name}", f"given {days}", f"{SHORTEST} to {LONGEST} on AWS")
        for name, days in spec.rotation_days.items()
        if not SHORTEST <= days <= LONGEST
    ]
    if spec.generation > 1:
        fix = (
            "1 on AWS; rotate now with `aws kms rotate-key-on-demand`, which keeps the key's ARN; "
            "a link's own keys have links.NAME.key_generation"
        )
        found.append(Problem("generation", f"given {spec.generation}", fix))
    for data_class, wanted in spec.replica_regions.items():
        allowed = spec.jurisdictions.get(data_class, ["any"])
        for region in wanted:
            if not (law := regions.jurisdiction_of("aws", region)).within(allowed):
                text = f"{region} lies in {law}"
                found.append(Problem(f"replica_regions.{data_class}", text, ", ".join(allowed)))
    if found:
        raise ProblemsError("KeyRing can't be built", found)


def _key(
    name: str,
    spec: KeyRingSpec,
    opts: pulumi.ResourceOptions,
    *,
    days: int,
    policy: pulumi.Output[str],
    data_class: str = "",
) -> kms.Key:
    key = kms.Key(
        name,
        description=f"{pulumi.get_stack()} {name}",
        enable_key_rotation=True,
        rotation_period_in_days=days,
        deletion_window_in_days=spec.deletion_days,
        multi_region=bool(spec.replica_regions.get(data_class)),
        policy=policy,
        tags={**spec.labels, **({"data-class": data_class} if data_class else {})},
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=spec.protect)),
    )
    alias = f"alias/{pulumi.get_stack()}-{name}"
    kms.Alias(name, name=alias, target_key_id=key.key_id, opts=part_of(key))
    return key


def _replica(name: str, spec: KeyRingSpec, primary: kms.Key, region: str) -> kms.ReplicaKey:
    # a replica has a policy of its own, since the services that use it are those of its region
    return kms.ReplicaKey(
        name,
        primary_key_arn=primary.arn,
        region=region,
        deletion_window_in_days=spec.deletion_days,
        policy=Writer(spec.account, region).data(),
        tags=primary.tags,
        opts=pulumi.ResourceOptions(parent=primary, protect=spec.protect),
    )


def _arns(keys: Mapping[str, kms.Key | kms.ReplicaKey]) -> dict[str, pulumi.Output[str]]:
    return {name: key.arn for name, key in keys.items()}
