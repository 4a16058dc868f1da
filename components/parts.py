"""Options of what belongs to another resource."""

from typing import Any

import pulumi


def part_of(parent: pulumi.Resource, **options: Any) -> pulumi.ResourceOptions:
    """Give the options of a part: it has its parent's provider, and is as mortal as anything.

    The engine hands `protect` down to children, but what is worth protecting is the bucket, the key, the cluster:
    a rule of a protected bucket must stay replaceable.
    """
    return pulumi.ResourceOptions(parent=parent, protect=False, **options)
