"""The Pulumi command for plans: one preview gives the events, with the policies, and the digest, with source lines."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from console.exits import Exit
from console.failures import Failed, classify
from console.plan.make import errors
from console.plan.recording import Recording, parse_events
from console.policies import Judges

TIMEOUT = 1800.0
"""Seconds that one run of the engine may take."""


@dataclass(frozen=True)
class Engine:
    """A Pulumi command with a backend and everything else that its environment says."""

    stack: str
    env: Mapping[str, str]
    """The whole environment of its processes."""
    folder: Path
    """Private, for logs of events."""

    def preview(
        self, project: Path, config: Path, judges: Judges | None = None, *, refresh: bool = False
    ) -> Recording:
        """Preview a stack file and record everything; verdicts of policies are a result, not an error.

        Raises:
            Failed: The engine could not finish for another reason than a policy.
        """
        options = judges.options if judges else []
        more = ["--refresh"] if refresh else []
        recording, text = self._run(project, ["preview", "--json", "--show-sames", *options, *more], config)
        stopped = any(event.get("enforcementLevel") == "mandatory" for event in recording.each("policyEvent"))
        if recording.code and not stopped:
            raise _failure(recording, text)
        return recording

    def up(self, project: Path, config: Path) -> None:
        """Create what a stack file says, as the state that a preview is compared with.

        Raises:
            Failed: Something could not be created.
        """
        recording, text = self._run(project, ["up", "--yes", "--skip-preview"], config)
        if recording.code:
            raise _failure(recording, text)

    def export(self, project: Path) -> str:
        """Give the state as it is, secrets sealed.

        Raises:
            Failed: There is none to read.
        """
        command = ["pulumi", "stack", "export", "--stack", self.stack, "--non-interactive"]
        done = subprocess.run(
            command,
            cwd=project,
            env=dict(self.env),
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            raise Failed(*classify(done.stderr))
        return done.stdout

    def _run(self, project: Path, words: Sequence[str], config: Path) -> tuple[Recording, str]:
        log = self.folder / f"{words[0]}.events"
        log.unlink(missing_ok=True)
        command = [
            "pulumi",
            *words,
            "--stack",
            self.stack,
            "--config-file",
            str(config),
            "--event-log",
            str(log),
        ]
        try:
            done = subprocess.run(
                [*command, "--non-interactive", "--color", "never"],
                cwd=project,
                env={**self.env, "PULUMI_DEBUG_COMMANDS": "1"},  # the flag --event-log asks for it
                capture_output=True,
                text=True,
                timeout=TIMEOUT,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired as error:
            raise Failed(f"`pulumi {words[0]}` took longer than {TIMEOUT:.0f} s", Exit.TIMEOUT) from error
        events = parse_events(log.read_text(encoding="utf-8")) if log.exists() else ()
        return Recording(events, _steps(done.stdout), done.returncode), f"{done.stdout}\n{done.stderr}"


def _steps(text: str) -> tuple[Mapping[str, object], ...]:
    """Read the digest of a preview; another verb, or one that ended early, prints none."""
    start = text.find("{")
    try:
        document = json.loads(text[start:]) if start >= 0 else {}
    except json.JSONDecodeError:
        return ()
    return tuple(document.get("steps") or ())


def _failure(recording: Recording, text: str) -> Failed:
    told = errors(recording)
    if told:
        failed = any(True for _ in recording.each("resOpFailedEvent"))
        return Failed("\n".join(told), Exit.RESOURCE if failed else Exit.GENERIC)
    return Failed(*classify(text))
