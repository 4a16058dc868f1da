"""Where flow logs go: to a log bucket of the region, under our key, kept as long as the settings say; nowhere else."""

import pulumi
import pulumi_random as random
from pulumi_gcp import logging

from components.google import title
from components.network.shape import NetworkSpec

FLOWS = 'log_id("compute.googleapis.com/vpc_flows")'


def keep(name: str, spec: NetworkSpec, opts: pulumi.ResourceOptions) -> None:
    """Send the flow logs of the project's networks to a bucket that stays in the region."""
    label = title(name, "flows")
    # a deleted bucket keeps its name for seven days, in which the provider would try to change it, and Google refuses
    ending = random.RandomId(f"{name}-flows", byte_length=4, opts=opts)
    bucket = logging.ProjectBucketConfig(
        f"{name}-flows",
        project=spec.account,
        location=spec.region,
        bucket_id=pulumi.Output.concat(label, "-", ending.hex),
        retention_days=spec.flow_log_days,
        cmek_settings={"kms_key_name": spec.log_key},
        description=f"Flow logs of {pulumi.get_stack()}",
        opts=opts,
    )
    logging.ProjectSink(
        f"{name}-flows",
        name=label,
        destination=pulumi.Output.concat("logging.googleapis.com/", bucket.id),
        filter=FLOWS,
        unique_writer_identity=True,
        opts=pulumi.ResourceOptions(parent=bucket),
    )
    # without this they also go to the project's _Default bucket, which is global and under Google's key
    logging.ProjectExclusion(
        f"{name}-flows",
        name=label,
        project=spec.account,
        filter=FLOWS,
        description=f"Kept in {label}",
        opts=pulumi.ResourceOptions(parent=bucket),
    )
