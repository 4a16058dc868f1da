"""What the store and the disk refuse, as an error of the resource."""

import contextlib
from collections.abc import Iterator

from providers.base.errors import ProviderError
from workloads.store import StoreError


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn an error of the store or of the disk into one for the user."""
    try:
        yield
    except StoreError as error:
        raise ProviderError(str(error)) from error
    except OSError as error:
        raise ProviderError(f"{error.filename}: {error.strerror}") from error
