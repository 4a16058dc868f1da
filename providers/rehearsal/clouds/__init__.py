"""The clouds that can be rehearsed, one file a package."""

from collections.abc import Mapping

from providers.rehearsal.cloud import Cloud
from providers.rehearsal.clouds.aws import Aws

CLOUDS: Mapping[str, type[Cloud]] = {cloud.package: cloud for cloud in (Aws,)}
"""Stand-in by package name."""
