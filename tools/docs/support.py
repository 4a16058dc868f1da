"""The table of capabilities and platforms, read off the files themselves."""

from pathlib import Path

from infra.platforms import PLATFORMS, supported

_COMPONENTS = Path(__file__).resolve().parents[2] / "components"

_HEAD = """# What runs where

Generated from the files of `components/`: a capability supports a platform when it has a file for it.

"""


def capabilities() -> list[str]:
    """Give the names of all capabilities."""
    return sorted(path.parent.name for path in _COMPONENTS.glob("*/shape.py"))


def page() -> str:
    """Give the page's text."""
    head = f"| capability | {' | '.join(PLATFORMS)} |\n| --- |{' --- |' * len(PLATFORMS)}\n"
    rows = []
    for capability in capabilities():
        there = supported(capability)
        marks = " | ".join("yes" if platform in there else "" for platform in PLATFORMS)
        rows.append(f"| [{capability}](../components/{capability}/shape.py) | {marks} |")
    return _HEAD + head + "\n".join(rows) + "\n"
