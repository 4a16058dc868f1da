"""Object names: what is allowed, and the private corner of a bucket."""

from workloads.store.errors import StoreError

RESERVED = ".causeway"
"""No part of an object's name may begin with this: the client's own files do."""

MANIFEST = f"{RESERVED}/bucket.json"
VERSIONS = f"{RESERVED}/versions"

_MOST_BYTES = 1024  # the limit of S3, Google Cloud Storage and Azure Blob Storage
_MOST_PART_BYTES = 255  # NAME_MAX of Linux file systems


def check(name: str) -> str:
    """Give the name back if it is portable to every kind of bucket.

    Raises:
        StoreError: naming the part that is not allowed.
    """
    problem = _problem(name)
    if problem:
        raise StoreError(f"object name {name!r}: {problem}")
    return name


def _problem(name: str) -> str | None:
    if not name:
        return "it is empty; write it like runs/pretrain/step-100.safetensors"
    if not name.isprintable():
        return "control characters and line breaks are not allowed"
    if "\\" in name:
        return "a backslash is not allowed; parts are separated by /"
    if len(name.encode(errors="replace")) > _MOST_BYTES:
        return f"it is longer than {_MOST_BYTES} bytes"
    return next((problem for part in name.split("/") if (problem := _part_problem(part))), None)


def _part_problem(part: str) -> str | None:
    if part in {"", ".", ".."}:
        return f"the part {part!r} is not allowed; write it without leading, trailing or double / and without dots"
    if part.startswith(RESERVED):
        return f"the part {part!r} is reserved for the client"
    if len(part.encode(errors="replace")) > _MOST_PART_BYTES:
        return f"the part {part[:20] + '…'!r} is longer than {_MOST_PART_BYTES} bytes"
    return None
