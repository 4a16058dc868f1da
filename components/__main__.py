"""Causeway's components as a Pulumi package: `pulumi package get-schema ./components`."""

from pulumi.provider.experimental import component_provider_host

from components.gpu_cluster.shape import GpuCluster
from components.inference_service.shape import InferenceService
from components.key_ring.shape import KeyRing
from components.object_store.shape import ObjectStore
from components.training_job.shape import TrainingJob

if __name__ == "__main__":
    component_provider_host(
        name="causeway",
        components=[KeyRing, ObjectStore, GpuCluster, TrainingJob, InferenceService],
        version="0.1.0",
    )
