"""On Google Cloud it runs in the cluster; weights come out of the bucket itself, by Cloud Storage FUSE.

Managed Lustre mirrors no bucket, so what a trainer wrote to the store is not in the shared file system.
"""

import dataclasses

import pulumi

from components.inference_service.shape import InferenceServiceOutputs, InferenceServiceSpec
from components.kubernetes import pods, serving, tenancy

DRIVER = "gcsfuse.csi.storage.gke.io"

INJECT = {"gke-gcsfuse/volumes": "true"}
"""Lets GKE put the process beside the server that reads the bucket (gcs-fuse-csi-driver, examples/static)."""


def build(name: str, spec: InferenceServiceSpec, opts: pulumi.ResourceOptions) -> InferenceServiceOutputs:
    """Start the servers and give their address.

    Raises:
        ProblemsError: What the cluster is was not said.
    """
    return serving.build(name, mounted(spec), opts)


def mounted(spec: InferenceServiceSpec) -> InferenceServiceSpec:
    """Mount the model's folder of the bucket, read-only, where servers look for it in a shared file system."""
    shared = spec.cluster.get("volume")
    if not shared:
        return spec
    url, model = (
        pulumi.Output.from_input(spec.environment[name]) for name in ("CAUSEWAY_STORE_URL", "CAUSEWAY_MODEL")
    )
    owner = [f"uid={pods.USER}", f"gid={pods.USER}"]
    volume = {
        "driver": DRIVER,
        "handle": url.apply(bucket),
        # the check asks for the whole bucket, and a server may read one folder of it
        "attributes": {"skipCSIBucketAccessCheck": "true"},
        "mount_options": ["implicit-dirs", pulumi.Output.concat("only-dir=", model), *owner],
        "capacity_gib": shared["capacity_gib"],
        "path": pulumi.Output.concat(tenancy.SHARED, "/store/", model),
        "access": "ReadOnlyMany",
    }
    asked = {**spec.cluster.get("pod_annotations", {}), **INJECT}
    return dataclasses.replace(spec, cluster={**spec.cluster, "volume": volume, "pod_annotations": asked})


def bucket(url: str) -> str:
    """Give the name of the bucket behind a store's address."""
    return url.removeprefix("gs://").partition("/")[0]
