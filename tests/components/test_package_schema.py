"""The package's schema, before an engine or a generator reads it."""

import json
from typing import Any

from components.package import Package


def test_objects_of_a_mapping_take_outputs() -> None:
    """Rights and pools by name are no plain objects: the SDK for Go compiles, and a right's key may be an output."""
    schema: dict[str, Any] = json.loads(Package().schema or "")
    found = {
        (token.rpartition(":")[2], name): one["additionalProperties"]
        for token, component in schema["resources"].items()
        for name, one in component["inputProperties"].items()
        if ":index:" in one.get("additionalProperties", {}).get("$ref", "")
    }
    assert {("GpuCluster", "pools"), ("Identity", "stores"), ("ObjectStore", "workloads")} <= found.keys()
    assert [place for place, one in found.items() if one.get("plain")] == []
    assert schema["resources"]["causeway:index:KeyRing"]["inputProperties"]["rotationDays"]["plain"] is True
