"""What a storage account keeps, where, and for how long. Pure functions."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from components.microsoft.accounts import rule
from components.object_store.shape import ObjectStoreSpec
from infra.catalog import regions
from infra.problems import Problem, ProblemsError

LOCAL_OR_ZONES: Mapping[str, str] = MappingProxyType(
    {
        "Standard_LRS": "Standard_LRS",
        "Standard_ZRS": "Standard_ZRS",
        "Standard_GRS": "Standard_LRS",
        "Standard_GZRS": "Standard_ZRS",
    }
)
"""Kinds of redundancy that we use, each with the one that keeps to the region."""


def refuse(spec: ObjectStoreSpec) -> str:
    """Give the redundancy: over the zones of the region where it has them, and over its pair when a copy is asked for.

    Raises:
        ProblemsError: The copy would lie outside the data's jurisdictions or in no pair, or old versions are to be
            counted, all at once.
    """
    here = regions.get("azure", spec.region)
    zonal = bool(regions.zones("azure", spec.region))
    found = []
    if spec.replica_region:
        found += _copy(spec, here.paired)
    if spec.noncurrent_versions:
        fix = "noncurrent_days: Azure forgets older versions by their age alone"
        found.append(Problem("noncurrent_versions", f"given {spec.noncurrent_versions}", fix))
    if found:
        raise ProblemsError("ObjectStore can't be built on Azure", found)
    if spec.replica_region:
        return "Standard_GZRS" if zonal else "Standard_GRS"
    return "Standard_ZRS" if zonal else "Standard_LRS"


def _copy(spec: ObjectStoreSpec, pair: str | None) -> list[Problem]:
    assert spec.replica_region
    law = regions.jurisdiction_of("azure", spec.replica_region)
    if not law.within(spec.jurisdictions):
        text = f"{spec.replica_region} lies in {law}"
        return [Problem("replica_region", text, ", ".join(spec.jurisdictions))]
    if spec.replica_region != pair:
        there = f"{pair}, the pair of {spec.region}" if pair else f"none: {spec.region} has no pair"
        return [Problem("replica_region", f"given {spec.replica_region}", there)]
    return []


def lifecycle(spec: ObjectStoreSpec) -> list[dict[str, Any]]:
    """Write the rules, as the settings say; Azure drops parts of broken uploads after a week by itself."""
    rules = []
    if spec.noncurrent_days:
        age = {"days_after_creation_greater_than": spec.noncurrent_days}
        rules.append(rule("older-versions", version={"delete": age}))
    if spec.archive_days:
        # cold is the coldest tier that is still read at once
        tier = {"days_after_modification_greater_than": spec.archive_days}
        rules.append(rule("archive", base_blob={"tier_to_cold": tier}))
    if spec.expire_days:
        gone = {"days_after_modification_greater_than": spec.expire_days}
        rules.append(rule("expire", base_blob={"delete": gone}))
    return rules
