"""Servers on Google Cloud read weights out of the bucket."""

from typing import Any

import pulumi
import pytest

from components.inference_service.gcp import DRIVER, bucket, mounted
from components.inference_service.shape import InferenceServiceSpec, parse
from infra.platforms import Platform


def spec(platform: Platform = "gcp", **cluster: Any) -> InferenceServiceSpec:
    """Give a checked endpoint of a model in a store."""
    environment = {"CAUSEWAY_STORE_URL": "gs://artifacts-1", "CAUSEWAY_MODEL": "runs/pretrain/export"}
    given: Any = {
        "platform": platform,
        "command": [],
        "environment": environment,
        "model": "m",
        "cluster": cluster,
    }
    return parse(given)


async def said(value: Any) -> Any:
    """Wait for what an output comes to."""
    return await pulumi.Output.from_input(value).future()


@pytest.mark.asyncio
async def test_weights_come_from_the_bucket_and_not_from_lustre() -> None:
    """The model's own folder, read-only, under the path that the command names; GKE is told to put the reader in."""
    lustre = {
        "driver": "lustre.csi.storage.gke.io",
        "handle": "p/z/i",
        "attributes": {},
        "capacity_gib": 18000,
    }
    made = mounted(spec(volume=lustre)).cluster
    volume = made["volume"]
    assert (volume["driver"], await said(volume["handle"])) == (DRIVER, "artifacts-1")
    assert await said(volume["path"]) == "/shared/store/runs/pretrain/export"
    assert "only-dir=runs/pretrain/export" in await said(volume["mount_options"])
    assert volume["access"] == "ReadOnlyMany"
    assert made["pod_annotations"] == {"gke-gcsfuse/volumes": "true"}


def test_a_server_without_a_shared_file_system_mounts_nothing() -> None:
    """Its command names no path, so it reads the store by itself."""
    assert mounted(spec()) == spec()


def test_a_buckets_name_is_the_first_part_of_its_address() -> None:
    """With a folder behind it or without."""
    assert bucket("gs://artifacts-1") == bucket("gs://artifacts-1/runs") == "artifacts-1"
