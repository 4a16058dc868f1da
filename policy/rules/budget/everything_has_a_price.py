"""What has no price is little, and its most is known."""

from policy.model import catalogued, controls, money
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Option, Rule, Severity
from policy.model.verdicts import PASS, Fail, Unverified, Verdict

_ADD = "add the price with its source to the price table"
_HOLD = f"{_ADD}, or hold something back for it in budget.set_aside"


def _unpriced(_stack: Resource, facts: Facts) -> Verdict:
    for stray in money.strays(facts):
        if stray.near:
            return Fail(f"budget.set_aside: {stray.told}", f"write {stray.near!r}, or take the entry out")
    found = [(urn, line) for urn, line in facts.ledger.unpriced() if not _unsold(line.item)]
    held = money.aside(facts)
    blind = [(urn, line) for urn, line in found if line.guide is None and line.item not in held]
    machines = [(urn, line) for urn, line in blind if catalogued.machine(line.item.split(",", 1)[0])]
    if machines:
        urn, line = machines[0]
        return Fail(
            f"{len(machines)} machines have no price anywhere, such as {line.item} of {urn}: {line.reason}",
            f"choose a machine that has a price, or {_ADD}",
        )
    most = sum(line.guide.high for _, line in found if line.guide)
    limit = _limit(facts)
    if most <= limit:
        names = sorted({line.item for _, line in blind})
        what = f"no source that was read gives a price for {', '.join(names)}"
        return Unverified(what, fix=_HOLD) if names else PASS
    urn, line = max(found, key=lambda pair: pair[1].guide.high if pair[1].guide else 0.0)
    return Fail(
        f"{len(found)} lines without a price may cost up to {most:,.2f} USD a month, "
        f"most of it {line.item} of {urn}: {line.reason}",
        f"choose a region that has a price, {_ADD}, or raise limitUsd",
        f"the limit is {limit:,.2f} USD a month",
    )


def _limit(facts: Facts) -> float:
    """Give what is little here: an amount, or a part of what the rest of the stack costs, whichever is more."""
    share = float(facts.options["limitShare"]) * facts.ledger.total().expected
    return max(float(facts.options["limitUsd"]), share)


def _unsold(item: str) -> bool:
    """Tell whether an item is a machine that is not sold that way: another rule says so, and a price is no help."""
    name, _, kind = item.partition(", ")
    machine = catalogued.machine(name)
    # a reservation costs what the machine costs on demand
    kinds = (kind or "on-demand").replace("reserved", "on-demand").split(" or ")
    return machine is not None and any(one in machine.not_sold for one in kinds)


RULE = Rule(
    name="everything-has-a-price",
    says="What has no price is little, and its most is known",
    why="A line without a price counts as nothing in every sum above it",
    fix="Choose what has a price, renew the prices, or raise the limit deliberately.",
    severity=Severity.MEDIUM,
    frameworks=controls.MONEY,
    in_stack={"pulumi:pulumi:Stack": _unpriced},
    options={
        "limitUsd": Option(
            500,
            {"type": "number", "minimum": 0},
            "What all lines without a price may cost a month, each at the dearest price known in another region.",
        ),
        "limitShare": Option(
            0.01,
            {"type": "number", "minimum": 0, "maximum": 1},
            "The same as a part of what the priced lines cost; the larger limit holds.",
        ),
    },
)
