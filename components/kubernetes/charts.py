"""Charts that a cluster is furnished with: one version, installed whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_kubernetes import helm


@dataclass(frozen=True)
class Chart:
    """A chart in one version; its release is called as the chart."""

    name: str
    """The chart's name."""
    source: str
    """Its repository's address, or the chart's own for one that is kept as an image (`oci://…`)."""
    version: str
    """Its version: nothing moves under a running cluster."""

    def install(
        self,
        namespace: str,
        values: Mapping[str, Any],
        opts: pulumi.ResourceOptions,
        *,
        timeout: int = 600,
    ) -> pulumi.CustomResource:
        """Install it and wait until it runs; what fails half-way is taken back.

        Args:
            namespace: Where it lives; it must be there.
            values: What its own values differ in.
            opts: Options of what lives in the cluster.
            timeout: The longest wait, in seconds. Default: 600.
        """
        image = self.source.startswith("oci://")
        made: pulumi.CustomResource = helm.v3.Release(
            self.name,
            name=self.name,
            namespace=namespace,
            chart=self.source if image else self.name,
            version=self.version,
            repository_opts=None if image else {"repo": self.source},
            values=values or None,
            atomic=True,
            timeout=timeout,
            opts=opts,
        )
        return made
