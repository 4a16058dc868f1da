"""TCP ports of 127.0.0.1: is one free, which to take, and who holds it."""

import hashlib
import socket

import psutil

from providers.base.errors import ProviderError
from providers.localhost.process import tree

LOOPBACK = "127.0.0.1"

FIRST, COUNT = 20000, 12000
"""Ports to choose from: below the range that the kernel hands out for outgoing connections (from 32768)."""


def is_free(port: int) -> bool:
    """Say whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def choose(directory: str) -> int:
    """Give a free port, the same for the same folder as long as nobody else takes it: neighbours don't race for one."""
    start = int.from_bytes(hashlib.sha256(directory.encode()).digest()[:8], "big")
    for step in range(COUNT):
        port = FIRST + (start + step) % COUNT
        if is_free(port):
            return port
    raise ProviderError(f"port: no free port from {FIRST} to {FIRST + COUNT - 1}")


def holder(port: int) -> psutil.Process | None:
    """Find the process that listens on a port, None when it can't be told (another user's, on some systems)."""
    try:
        listening = [
            link.pid
            for link in psutil.net_connections(kind="tcp")
            if link.status == psutil.CONN_LISTEN and link.laddr and link.laddr.port == port and link.pid
        ]
        return psutil.Process(listening[0]) if listening else None
    except psutil.Error:
        return None


def require_free(port: int, instance: str | None = None) -> None:
    """Refuse a port that another process holds, naming it; the instance's own processes don't count."""
    if is_free(port):
        return
    process = holder(port)
    if process and instance and tree.is_member(process.pid, instance):
        return
    raise ProviderError(
        f"port: {port} is in use by {named(process)}; end that process, or give another port, or 0 for a free one"
    )


def named(process: psutil.Process | None) -> str:
    """Name a process for the user, without its arguments: they may hold what is none of our business."""
    try:
        return (
            f"{process.name()} (process {process.pid}, user {process.username()})"
            if process
            else "another process"
        )
    except psutil.Error:
        return "another process"
