"""The clouds that can be rehearsed, by package."""

from collections.abc import Mapping

from providers.rehearsal.cloud import Cloud
from providers.rehearsal.clouds.aws import Aws
from providers.rehearsal.clouds.azure_native import AzureNative
from providers.rehearsal.clouds.gcp import Gcp
from providers.rehearsal.clouds.kubernetes import Kubernetes
from providers.rehearsal.clouds.small import Random, Tls

CLOUDS: Mapping[str, type[Cloud]] = {
    cloud.package: cloud for cloud in (Aws, AzureNative, Gcp, Kubernetes, Random, Tls)
}
"""Stand-in by package name."""
