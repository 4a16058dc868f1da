"""The page after `up`: one self-contained HTML file, readable on a phone, in the dark and without a network."""

from pathlib import Path

from pulumi.automation.events import PolicyEvent

from console.events import Gathered, plain
from console.page import plot, tree
from console.page.render import render
from console.state import Snapshot
from infra import paths

__all__ = ["plain_message", "write"]


def write(stack: str, state: Snapshot, gathered: Gathered) -> Path:
    """Write the page of a stack and give its path; equal input gives equal bytes."""
    training = state.outputs.get("training") or {}
    file = paths.stack_home(stack) / "page.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    verdicts = [
        {"rule": event.policy_name, "level": event.enforcement_level, "text": plain_message(event)}
        for event in gathered.violations
    ]
    html = render(
        stack=stack,
        endpoint=state.outputs.get("endpoint", ""),
        training=training,
        curve=plot.loss_curve(training.get("loss_curve") or []),
        components=tree.components(state),
        verdicts=verdicts,
        judgement=gathered.judgement,
        stores={
            key.removeprefix("store_"): value
            for key, value in state.outputs.items()
            if key.startswith("store_")
        },
    )
    file.write_text(html, encoding="utf-8")
    return file


def plain_message(event: PolicyEvent) -> str:
    """Give a verdict's text without colour codes."""
    return plain(event.message).strip()
