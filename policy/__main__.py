"""The policy pack: `pulumi preview --policy-pack policy`, `pulumi up --policy-pack policy`."""

import datetime as dt
from pathlib import Path

from policy.judge.analyzer import Run
from policy.judge.bench import Bench
from policy.judge.exemptions import read
from policy.judge.server import serve
from policy.model.environment import Environment
from policy.rules import load

EXEMPTIONS = Path(__file__).with_name("exemptions.yaml")


def bench(run: Run) -> Bench:
    """Seat every rule for one run of the engine."""
    rules = load()
    today = dt.datetime.now(tz=dt.UTC).date()
    exemptions = read(EXEMPTIONS, {rule.name for rule in rules}, today)
    return Bench(
        rules,
        exemptions=exemptions,
        environment=Environment.declared(run.config),
        options=run.options,
        levels=run.levels,
        preview=run.preview,
        today=today,
    )


if __name__ == "__main__":
    serve(bench)
