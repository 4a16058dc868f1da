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
_COMPUTED = frozenset({"effectiveLabels", "pulumiLabels"})
"""What Google Cloud's SDK marks as a secret though it is made of labels, which the program gave in plain."""
_WHOLESALE = {"kubernetes:core/v1:Secret": frozenset({"data", "stringData"})}
"""What an SDK marks as a whole, certificates and addresses too: what is secret in it is so where it was made."""
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


def inventory(stack: automation.Stack, folder: Path, *beside: automation.Stack) -> Inventory:
    """Compare the account with the states of the stack and of those that share the account."""
    known = {
        (entry["urn"], str(entry["id"])): f"{entry['type']} {entry['id']}"
        for one in (stack, *beside)
        for entry in _resources(one)
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


def exported(stack: automation.Stack, *options: str) -> str:
    """The state as `pulumi stack export` writes it; the Automation API's own export opens all secrets."""
    result = stack.workspace.pulumi_command.run(
        ["stack", "export", "--stack", stack.name, *options],
        cwd=stack.workspace.work_dir,
        additional_env=dict(stack.workspace.env_vars),
    )
    return result.stdout


def leaked(stack: automation.Stack, text: str) -> int:
    """Count secrets of the stack that stand in plain text in an export."""
    opened = json.loads(exported(stack, "--show-secrets"))
    found = {secret for secret in _secret_texts(opened) if len(secret) >= _SHORTEST}
    return sum(secret in text or json.dumps(secret)[1:-1] in text for secret in found)


def _resources(stack: automation.Stack) -> list[dict[str, Any]]:
    deployment = json.loads(exported(stack))["deployment"] or {}
    resources: list[dict[str, Any]] = deployment.get("resources", [])
    return resources


def _secret_texts(value: Any, *, inside: bool = False) -> Iterator[str]:
    """Every text under a secret mark; a mark holds its value as JSON."""
    if isinstance(value, dict) and _SIGNATURE in value and "plaintext" in value:
        yield from _secret_texts(json.loads(value["plaintext"]), inside=True)
    elif isinstance(value, dict):
        if skipped := _WHOLESALE.get(str(value.get("type"))):
            value = {**value, **{part: _without(value.get(part), skipped) for part in ("inputs", "outputs")}}
        for name, inner in value.items():
            if name not in _COMPUTED:
                yield from _secret_texts(inner, inside=inside)
    elif isinstance(value, list):
        for inner in value:
            yield from _secret_texts(inner, inside=inside)
    elif inside and isinstance(value, str):
        yield value


def _without(props: Any, names: frozenset[str]) -> Any:
    return (
        {name: value for name, value in props.items() if name not in names}
        if isinstance(props, dict)
        else props
    )
