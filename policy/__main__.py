"""The policy pack: `pulumi preview --policy-pack policy`, `pulumi up --policy-pack policy`."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from policy.judge.bench import Bench
from policy.judge.exemptions import read
from policy.judge.server import serve
from policy.model.rule import Level
from policy.rules import load

EXEMPTIONS = Path(__file__).with_name("exemptions.yaml")


def bench(options: Mapping[str, Mapping[str, Any]], levels: Mapping[str, Level], preview: bool) -> Bench:
    """Seat every rule for one run of the engine."""
    rules = load()
    today = dt.datetime.now(tz=dt.UTC).date()
    exemptions = read(EXEMPTIONS, {rule.name for rule in rules}, today)
    return Bench(rules, exemptions=exemptions, options=options, levels=levels, preview=preview)


if __name__ == "__main__":
    serve(bench)
