"""Where a bucket lies and what happens to its objects with time. Pure functions."""

from typing import Any

from components.object_store.shape import ObjectStoreSpec
from infra.catalog import regions
from infra.problems import Problem, ProblemsError


def placed(spec: ObjectStoreSpec) -> str:
    """Give the bucket's location: its region, or the dual-region of it and its copy.

    Raises:
        ProblemsError: There is no such dual-region, or it leaves the data's jurisdictions.
    """
    if not spec.replica_region:
        return regions.get("gcp", spec.region).name
    try:
        location = regions.dual_region("gcp", spec.region, spec.replica_region)
    except ValueError as error:
        raise _refused(str(error)) from None
    law = regions.jurisdiction_of("gcp", location)
    if not law.within(spec.jurisdictions):
        raise _refused(f"{location} lies in {law}", ", ".join(spec.jurisdictions))
    return location


def _refused(text: str, allowed: str = "") -> ProblemsError:
    return ProblemsError(
        "ObjectStore can't be built on Google Cloud", [Problem("replica_region", text, allowed)]
    )


def versions(spec: ObjectStoreSpec) -> dict[str, bool]:
    """Say whether older versions are kept: never beside a lock, which already keeps every object as it is.

    Cloud Storage takes no versions on a bucket with a retention policy (storage/docs/object-versioning,
    considerations), and under one nothing can be replaced before its time.
    """
    return {"enabled": spec.versioning and spec.lock_days is None}


def lifecycle(spec: ObjectStoreSpec) -> list[dict[str, Any]]:
    """Write the rules: parts of broken uploads always go after a week, the rest as the settings say."""
    rules = [_rule("AbortIncompleteMultipartUpload", age=7)]
    older = {
        "num_newer_versions": spec.noncurrent_versions,
        "days_since_noncurrent_time": spec.noncurrent_days,
    }
    if given := {name: value for name, value in older.items() if value}:
        rules.append(_rule("Delete", with_state="ARCHIVED", **given))
    if spec.archive_days:
        rules.append(_rule("SetStorageClass", "COLDLINE", age=spec.archive_days))
    if spec.expire_days:
        rules.append(_rule("Delete", age=spec.expire_days, with_state="LIVE"))
    return rules


def log_lifecycle() -> list[dict[str, Any]]:
    """Write the rules of a bucket of access logs: a year can be looked back on."""
    return [_rule("Delete", age=400), _rule("AbortIncompleteMultipartUpload", age=7)]


def _rule(action: str, storage_class: str | None = None, /, **condition: Any) -> dict[str, Any]:
    kind = {"type": action, **({"storage_class": storage_class} if storage_class else {})}
    return {"action": kind, "condition": condition}
