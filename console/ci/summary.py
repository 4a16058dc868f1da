"""One page about all stacks of a pull request: those that change with their plans, the others in one line."""

from collections.abc import Mapping, Sequence

from console.ci.outcome import Outcome
from console.plan.markdown import LIMIT

MARKER = "<!-- causeway-ci -->"
"""The hidden line by which the comment is found again and updated in place."""


def page(outcomes: Sequence[Outcome], pages: Mapping[str, str]) -> str:
    """Join the plans; what does not fit keeps its headline.

    Args:
        outcomes: One a stack.
        pages: The Markdown of each stack's plan.
    """
    if not outcomes:
        return f"{MARKER}\n### ✅ No stack changes\n\nThe change touches no stack file and no code that stacks run.\n"
    same = [one.stack for one in outcomes if not one.changed]
    moving = [one for one in outcomes if one.changed]
    head = [MARKER, *(f"- {_mark(one)} **{one.stack}**: {one.headline}" for one in moving)]
    head += [f"- ✅ unchanged: {', '.join(same)}"] if same else []
    text = "\n".join(head) + "\n"
    # the dearest page is cut first: each stack gets an equal share of the room that is left
    for number, one in enumerate(moving):
        room = (LIMIT - len(text)) // (len(moving) - number)
        text += _fitted(pages.get(one.stack, ""), one.stack, room)
    return text


def _mark(outcome: Outcome) -> str:
    return "❌" if outcome.code else "✅"


def _fitted(plan: str, stack: str, room: int) -> str:
    body = f"\n{plan}"
    if len(body) <= room:
        return body
    head = body.split("<details>", maxsplit=1)[0]
    note = f"\nDetails of {stack}: see the artifacts of the run.\n"
    return head + note if len(head) + len(note) <= room else note
