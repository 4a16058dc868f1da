"""What belongs to another resource, and what is nothing without others."""

from collections.abc import Iterable
from typing import Any

import pulumi


def part_of(parent: pulumi.Resource, **options: Any) -> pulumi.ResourceOptions:
    """Give the options of a part: it has its parent's provider, and is as mortal as anything.

    The engine hands `protect` down to children, but what is worth protecting is the bucket, the key, the cluster:
    a rule of a protected bucket must stay replaceable.
    """
    return pulumi.ResourceOptions(parent=parent, protect=False, **options)


def held(value: pulumi.Input[str], by: Iterable[pulumi.CustomResource]) -> pulumi.Output[str]:
    """Give a value only when some resources are there.

    Who takes it is made after them and goes before them: a subnet is no use to a machine without its way out, nor a
    role without its rights.
    """
    ids = [one.id for one in by]
    return pulumi.Output.all(value, *ids).apply(lambda found: str(found[0]))
