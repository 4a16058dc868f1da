"""What a node does before it joins: huge pages, packages, local disks. Pure functions."""

import base64
from collections.abc import Sequence

from components.gpu_cluster.pools import NodePoolSpec

BOUNDARY = "//causeway"

NODE_CONFIG = """---
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  instance:
    localStorage:
      strategy: RAID0
"""
"""Joins the NVMe disks of a node into one, for containers and scratch (nodeadm's configuration)."""


def script(pool: NodePoolSpec, packages: Sequence[str]) -> str:
    """Write the shell part; empty when there is nothing to do.

    Huge pages stand before the kubelet starts, since it counts them once. EFA pins the same number itself on
    machines whose number is known; saying it makes the node refuse to start short of them.
    """
    lines = []
    pages = pool.machine.hugepages_mib
    if pool.fabric and pages:
        lines.append(f"sysctl -w vm.nr_hugepages={pages // 2}")
    if packages:
        lines.append(f"dnf install -y {' '.join(packages)}")
    return "\n".join(["#!/bin/bash", "set -euo pipefail", *lines, ""]) if lines else ""


def mime(pool: NodePoolSpec, packages: Sequence[str]) -> str:
    """Write a node's user data as the multipart document that nodeadm and cloud-init share."""
    parts = []
    if shell := script(pool, packages):
        parts.append(f"Content-Type: text/x-shellscript\n\n{shell}")
    if pool.machine.nvme_gb:
        parts.append(f"Content-Type: application/node.eks.aws\n\n{NODE_CONFIG}")
    if not parts:
        return ""
    body = "".join(f"--{BOUNDARY}\n{part}\n" for part in parts)
    return (
        f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="{BOUNDARY}"\n\n{body}--{BOUNDARY}--\n'
    )


def user_data(pool: NodePoolSpec, packages: Sequence[str]) -> str | None:
    """Give the user data of a launch template, in base64; None when there is none."""
    text = mime(pool, packages)
    return base64.b64encode(text.encode()).decode() if text else None
