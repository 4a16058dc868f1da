"""Every generated page with its text."""

import json
from collections.abc import Iterator
from pathlib import Path

from stacks.schema import stack_file_schema
from tools.docs import machines, performance, policies, pools, settings, support

ROOT = Path(__file__).resolve().parents[2]


def pages() -> Iterator[tuple[Path, str]]:
    """Give the path and the text of each page."""
    yield (
        ROOT / "stacks" / "causeway.schema.json",
        json.dumps(stack_file_schema(pools.options()), indent=2) + "\n",
    )
    yield ROOT / "docs" / "machines.md", machines.page()
    yield ROOT / "docs" / "settings.md", settings.page()
    yield ROOT / "docs" / "support.md", support.page()
    for name, text in policies.pages():
        yield ROOT / "docs" / "policies" / name, text
    yield from performance.files(ROOT)
