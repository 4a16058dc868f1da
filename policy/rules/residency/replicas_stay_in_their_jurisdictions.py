"""Replicas lie where the class of the original allows it."""

from infra.catalog import regions
from infra.catalog.rows import CatalogError
from infra.catalog.values import UNKNOWN, Value
from policy.model import controls, places, residence
from policy.model.environment import DataClass
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import OnUnknown, Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict, worst

_BUCKET = "aws:s3/bucket:Bucket"


def _aws(replication: Resource, facts: Facts) -> Verdict:
    sources = facts.graph.referred(replication, "bucket", _BUCKET)
    data = residence.class_of(sources[0], facts) if sources else None
    if not isinstance(data, DataClass):
        return data or Unverified(
            "bucket is not a bucket of this stack, so its data class is not known", "bucket"
        )
    targets = [target for target in _targets(replication, facts) if target not in sources]
    if not targets:
        return Unverified("the destination is not a bucket of this stack, so its place is not known", "rules")
    return worst(
        _named(residence.inside(target, data, places.locations(target, facts), facts), target)
        for target in targets
        if not _as_strict(target, data, facts)
    )


def _as_strict(target: Resource, data: DataClass, facts: Facts) -> bool:
    """Tell whether the target's own class allows no more than the source's: then it is judged as any store."""
    own = residence.class_of(target, facts)
    return isinstance(own, DataClass) and own.jurisdictions <= data.jurisdictions


def _targets(replication: Resource, facts: Facts) -> list[Resource]:
    named = [
        target
        for found in replication.find("rules[*].destination.bucket")
        for target in facts.graph.referred(replication, found.path, _BUCKET)
    ]
    return list(dict.fromkeys(named))


def _named(verdict: Verdict, target: Resource) -> Verdict:
    """Name the other end too, so that both URNs stand in the text."""
    if isinstance(verdict, Fail):
        return Fail(f"its replica {target.urn}: {verdict.what}", verdict.fix, verdict.because)
    return verdict


def _azure(account: Resource, facts: Facts) -> Verdict:
    """Geo-redundant accounts copy themselves into the paired region."""
    kind = account.get("sku.name")
    if kind is UNKNOWN:
        return Unverified("sku.name is not known before the update", "sku.name")
    if "GRS" not in str(kind) and "GZRS" not in str(kind):
        return NotApplicable("it is not copied to another region")
    data = residence.class_of(account, facts)
    if not isinstance(data, DataClass) or data.anywhere:
        return PASS if isinstance(data, DataClass) else data
    if isinstance(residence.stays(account, facts), Fail):
        return NotApplicable("it is itself elsewhere, which another rule says")
    pair = _pair(places.region(account, facts.environment))
    if pair is None:
        return Unverified("its paired region is not known", "location")
    verdict = residence.inside(account, data, [pair], facts)
    if isinstance(verdict, Fail):
        return Fail(
            f'sku.name is "{kind}": its pair {verdict.what.removeprefix("it ")}',
            'set sku.name to "Standard_ZRS"',
            verdict.because,
        )
    return verdict


def _pair(region: Value) -> str | None:
    try:
        return regions.get("azure", region).paired if isinstance(region, str) else None
    except CatalogError:
        return None


RULE = Rule(
    name="replicas-stay-in-their-jurisdictions",
    says="Replicas lie where the class of the original allows it",
    why="A replica is the data again, in another place",
    fix="Replicate into a location of the data class's jurisdictions.",
    severity=Severity.CRITICAL,
    on_unknown=OnUnknown.FAIL,
    frameworks=controls.JURISDICTION,
    in_stack={
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _aws,
        "azure-native:storage:StorageAccount": _azure,
    },
)
