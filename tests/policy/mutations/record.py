"""Record what the engine made of a stack: `python -m tests.policy.mutations.record [STACK ...]`.

A cloud's stack is brought up against stand-in clouds, so that every value is known, as judges see it on the day after;
what it stands on comes up before it. The local stack is real and is only previewed. One line a resource: a change of a
component shows in the diff.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from console.plan import stage
from infra import paths
from infra.settings import stackfile
from policy.model.graph import NAMES
from tests.policy.mutations.graph import GRAPHS, SECRET, SIGNATURE

_KEPT = ("type", "protect", "inputs")

SETTLED: Mapping[str, tuple[tuple[str, ...], ...]] = {"azure-prod": (("links.home.in_service=true",),)}
"""Dials of later updates, one tuple each: what a stack starts without, as others have to act first."""


def record(stack: str) -> Path:
    """Write the graph of a stack."""
    entries = _previewed(stack) if _platform(stack) == "local" else _made(stack)
    file = GRAPHS / f"{stack}.jsonl"
    lines = (json.dumps(line, sort_keys=True, separators=(",", ":")) for line in compact(entries))
    file.write_text("".join(f"{_anywhere(line)}\n" for line in lines), encoding="utf-8")
    return file


def _anywhere(line: str) -> str:
    """Name no folder of this machine."""
    return line.replace(str(paths.home()), "/causeway/.causeway").replace(str(paths.project()), "/causeway")


def compact(entries: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """Keep what judges see, with `type::name` for a URN, in the engine's order."""
    for entry in entries:
        outputs = {key: value for key, value in (entry.get("outputs") or {}).items() if key in NAMES}
        linked = {name: [_short(urn) for urn in urns or ()] for name, urns in _linked(entry)}
        yield {
            **{key: _opened(entry[key]) for key in _KEPT if entry.get(key)},
            "name": entry["urn"].rsplit("::", 1)[-1],
            **({"parent": _short(entry["parent"])} if entry.get("parent") else {}),
            **({"provider": _short(entry["provider"].rpartition("::")[0])} if entry.get("provider") else {}),
            **({"outputs": _opened(outputs)} if outputs else {}),
            **(
                {"linked": {name: urns for name, urns in linked.items() if urns}}
                if any(linked.values())
                else {}
            ),
        }


def _linked(entry: Mapping[str, Any]) -> Iterable[tuple[str, list[str] | None]]:
    return (entry.get("propertyDependencies") or {}).items()


def _short(urn: str) -> str:
    kind, name = urn.split("::")[-2:]
    return f"{kind.rpartition('$')[2]}::{name}"


def _opened(value: Any, *, inside: bool = False) -> Any:
    """Keep the marks of secrets; what stands under them is nobody's business, although stand-ins made it up."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET and "plaintext" in value:
            return {SIGNATURE: SECRET, "value": _opened(json.loads(value["plaintext"]), inside=True)}
        return {key: _opened(inner, inside=inside) for key, inner in value.items()}
    if isinstance(value, list):
        return [_opened(inner, inside=inside) for inner in value]
    return "hidden" if inside and isinstance(value, str) else value


def _made(stack: str) -> list[dict[str, Any]]:
    with TemporaryDirectory(prefix="causeway-graph-") as scratch:
        folder = Path(scratch)
        with stage.rehearsal(stack, folder) as engine:
            for at, dials in enumerate(((), *SETTLED.get(stack, ()))):
                config = stage.turned(stage.stack_file(stack), folder / f"settings-{at}", dials)
                engine.up(paths.project(), stage.secretless(config))
            command = ["pulumi", "stack", "export", "--stack", stack, "--show-secrets"]
            done = subprocess.run(
                command,
                cwd=paths.project(),
                env=dict(engine.env),
                capture_output=True,
                check=True,
                timeout=120,
            )
    made: list[dict[str, Any]] = json.loads(done.stdout)["deployment"]["resources"]
    return made


def _previewed(stack: str) -> list[dict[str, Any]]:
    recording = stage.record(stack, rehearse=False)
    return [dict(step["newState"]) for step in recording.steps if step.get("newState")]


def _platform(stack: str) -> str:
    return str(stackfile.read(stage.stack_file(stack)).values.get("platform"))


if __name__ == "__main__":
    for each in sys.argv[1:] or stage.stacks():
        sys.stdout.write(f"{record(each)}\n")
