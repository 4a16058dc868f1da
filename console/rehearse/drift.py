"""Change something behind the engine's back, as a person in a cloud's web console does."""

from pathlib import Path
from typing import Any

from console.failures import Failed
from providers.rehearsal.account import Account, Record

MARK = "changed-by-hand"


def inject(folder: Path, stack: str = "") -> str:
    """Put a label that the program does not know on the first resource that carries labels; say on which.

    Args:
        folder: The account's.
        stack: Whose resource it is. Default: anyone's.

    Raises:
        Failed: Nothing in the account carries labels.
    """
    account = Account(folder)
    try:
        for record in account.all():
            own = not stack or record.urn.startswith(f"urn:pulumi:{stack}::")
            if own and (path := _labels(record)):
                inputs, outputs = (_with(bag, path) for bag in (record.inputs, record.outputs))
                account.rewrite(record, inputs, outputs)
                return f"{record.token} {record.id}: {'.'.join(path)}.{MARK}"
    finally:
        account.close()
    raise Failed("nothing to drift: no resource of the account carries labels or tags")


def _labels(record: Record) -> tuple[str, ...]:
    metadata = record.inputs.get("metadata")
    if isinstance(metadata, dict) and isinstance(metadata.get("labels"), dict):
        return ("metadata", "labels")
    return next(((name,) for name in ("tags", "labels") if isinstance(record.inputs.get(name), dict)), ())


def _with(bag: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    head, *rest = path
    inner = bag.get(head) or {}
    return {**bag, head: _with(inner, tuple(rest)) if rest else {**inner, MARK: "yes"}}
