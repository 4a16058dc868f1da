"""From a bucket's address to the place that keeps its bytes."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from workloads.store.backend import Backend
from workloads.store.cloud import CloudBackend
from workloads.store.errors import StoreError
from workloads.store.local import LocalBackend

_CLOUDS = ("s3", "gs", "az", "abfs", "abfss")


def connect(url: str) -> Backend:
    """Give the backend of a bucket's address; the place need not exist yet.

    Raises:
        StoreError: the address is of no kind that this client knows.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalBackend(folder(url))
    if parts.scheme in _CLOUDS and parts.netloc:
        return CloudBackend.open(url)
    kinds = ", ".join(f"{scheme}://bucket/prefix" for scheme in _CLOUDS)
    raise StoreError(f"store address {url!r}: write file:///folder, {kinds}")


def folder(url: str) -> Path:
    """Give the folder of a file:/// address.

    Raises:
        StoreError: it is no file address, or not an absolute one.
    """
    parts = urlsplit(url)
    path = Path(unquote(parts.path))
    if (
        parts.scheme != "file"
        or parts.netloc not in {"", "localhost"}
        or not path.is_absolute()
        or parts.query
    ):
        raise StoreError(
            f"store address {url!r}: write it with three slashes and an absolute folder, file:///data/bucket"
        )
    return path
