"""Proofs of a rehearsal: nothing orphaned, nothing left, no secret in plain text."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi import automation

from providers.rehearsal.account import Account
from providers.rehearsal.clouds import CLOUDS

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SHORTEST = 8
"""Characters; a shorter secret, such as `true`, is found in any file by chance."""


@dataclass(frozen=True)
class Inventory:
    """The account beside the state."""

    account: int
    """Resources that exist."""
    state: int
    """Resources that the state knows, of the rehearsed packages."""
    orphans: tuple[str, ...]
    """What exists and no state knows: someone would pay for it."""
    ghosts: tuple[str, ...]
    """What the state knows and does not exist."""


def inventory(stack: automation.Stack, folder: Path) -> Inventory:
    """Compare the account with the stack's state."""
    known = {
        (entry["urn"], str(entry["id"])): f"{entry['type']} {entry['id']}"
        for entry in _resources(stack)
        if entry.get("custom") and entry["type"].split(":")[0] in CLOUDS and not entry.get("external")
    }
    account = Account(folder)
    there = {(record.urn, record.id): f"{record.token} {record.id}" for record in account.all()}
    account.close()
    return Inventory(
        account=len(there),
        state=len(known),
        orphans=tuple(text for key, text in there.items() if key not in known),
        ghosts=tuple(text for key, text in known.items() if key not in there),
    )


def leaked(stack: automation.Stack, exported: str) -> int:
    """Count secrets of the stack that stand in plain text in an export."""
    shown = stack.workspace.pulumi_command.run(
        ["stack", "export", "--show-secrets", "--stack", stack.name],
        cwd=stack.workspace.work_dir,
        additional_env=dict(stack.workspace.env_vars),
    )
    texts = {text for text in _secret_texts(json.loads(shown.stdout)) if len(text) >= _SHORTEST}
    return sum(text in exported or json.dumps(text)[1:-1] in exported for text in texts)


def _resources(stack: automation.Stack) -> list[dict[str, Any]]:
    deployment = stack.export_stack().deployment or {}
    resources: list[dict[str, Any]] = deployment.get("resources", [])
    return resources


def _secret_texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict) and _SIGNATURE in value and "plaintext" in value:
        yield value["plaintext"].strip('"')
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _secret_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _secret_texts(inner)
