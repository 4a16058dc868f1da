"""What a killed engine was making when it died, found again as a person would find it: in the account.

The engine's state notes each creation before it begins. After a kill only the cloud knows what became of it, so someone
looks there, by labels and names, and writes what exists into the state; the refresh after that reads it.
"""

import json
from pathlib import Path
from typing import Any

from pulumi import automation

from console.rehearse.proof import exported
from providers.rehearsal.account import Account


def adopt(stack: automation.Stack, folder: Path) -> tuple[int, int]:
    """Give what exists its place in the state; return how many creations were cut off, and how many of them exist."""
    document = json.loads(exported(stack))
    deployment = document["deployment"]
    notes = [note for note in deployment.get("pending_operations") or [] if note["type"] == "creating"]
    cut_off = {note["resource"]["urn"]: note["resource"] for note in notes}
    found = _found(folder, cut_off)
    if found:
        deployment["resources"] += found
        file = folder.parent / "adopted.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(document), encoding="utf-8")
        stack.workspace.pulumi_command.run(
            ["stack", "import", "--stack", stack.name, "--file", str(file)],
            cwd=stack.workspace.work_dir,
            additional_env=dict(stack.workspace.env_vars),
        )
        file.unlink()
    return len(cut_off), len(found)


def _found(folder: Path, cut_off: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    account = Account(folder)
    try:
        there = [record for record in account.all() if record.urn in cut_off]
    finally:
        account.close()
    return [{**cut_off[record.urn], "id": record.id, "outputs": {}} for record in there]
