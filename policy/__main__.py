"""The policy pack: `pulumi preview --policy-pack policy`, `pulumi up --policy-pack policy`."""

from collections.abc import Mapping
from typing import Any

from policy.judge.bench import Bench
from policy.judge.server import serve
from policy.model.rule import Level
from policy.rules import load


def bench(options: Mapping[str, Mapping[str, Any]], levels: Mapping[str, Level], preview: bool) -> Bench:
    """Seat every rule for one run of the engine."""
    return Bench(load(), options=options, levels=levels, preview=preview)


if __name__ == "__main__":
    serve(bench)
