"""A bucket's folder from the outside: whose it is, what it holds, and how it goes."""

import itertools
import shutil
from pathlib import Path

from providers.base.errors import ProviderError
from workloads.store import DamagedError
from workloads.store.local import LocalBackend
from workloads.store.names import MANIFEST, RESERVED, VERSIONS
from workloads.store.store import read_manifest


def first_object(root: Path) -> str | None:
    """Name one object or older version of the bucket; None when it is empty."""
    backend = LocalBackend(root)
    found = itertools.chain(backend.list(""), backend.list(f"{VERSIONS}/"))
    return next((blob.name for blob in found), None)


def is_of(backend: LocalBackend, bucket_id: str) -> bool:
    """Say whether the folder is there and holds this bucket; one without a readable manifest is taken to."""
    if not backend.root.is_dir():
        return False
    try:
        manifest = read_manifest(backend)
    except DamagedError:
        return True
    return manifest is None or manifest.id == bucket_id


def require(backend: LocalBackend, bucket_id: str) -> None:
    """Refuse to go on when the folder is gone or holds another bucket."""
    if not is_of(backend, bucket_id):
        raise ProviderError(
            f"{backend.url}: bucket {bucket_id} is gone; run `pulumi refresh`, then `pulumi up` makes it anew"
        )


def erase(root: Path) -> None:
    """Remove the folder, the manifest last: an interrupted removal can be asked for again."""
    manifest = root / MANIFEST
    for path in [*root.iterdir(), *(root / RESERVED).glob("*")]:
        if path == root / RESERVED or path == manifest:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    shutil.rmtree(root)
