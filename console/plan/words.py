"""The words and numbers that all pages share."""

from console.plan.model import Bill, Change, CostRow, Gap, Need, Plan, Verdict
from infra.catalog.cost.line import Span

MARKS = {"create": "+", "update": "~", "replace": "±", "delete": "-", "import": "=", "same": " ", "read": " "}
"""One character a verb."""

_PAST = {
    "create": "to create",
    "update": "to change",
    "replace": "to replace",
    "delete": "to delete",
    "import": "to import",
}


def usd(amount: float) -> str:
    """Give an amount with cents, `40,179.20`."""
    return f"{amount:,.2f}"


def signed(amount: float) -> str:
    """Give a difference with its sign; none at all is `±0.00`."""
    return "±0.00" if round(amount, 2) == 0 else f"{amount:+,.2f}"


def reach(span: Span) -> str:
    """Give a range, or the empty string when it is one point."""
    if round(span.low, 2) == round(span.high, 2):
        return ""
    return f"{usd(span.low)} to {usd(span.high)}"


def count(number: float) -> str:
    """Give a number of things without a needless fraction."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.2f}"


def plural(number: int, noun: str) -> str:
    """Give `1 change`, `2 changes`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def changes(plan: Plan) -> str:
    """Say how many resources do what."""
    parts = [f"{number} {_PAST.get(verb, verb)}" for verb, number in plan.counts.items()]
    return (
        ", ".join([*parts, f"{plan.unchanged} unchanged"])
        if parts
        else f"no changes, {plan.unchanged} unchanged"
    )


def cost(bill: Bill) -> str:
    """Say what the change adds and what the stack then costs."""
    wide = reach(bill.after)
    ends = f" ({wide})" if wide else ""
    return f"{signed(bill.delta)} USD a month, then {usd(bill.after.expected)}{ends}"


def share(bill: Bill) -> str:
    """Say how the sum stands to the cap."""
    if bill.cap is None:
        return "no cap is set"
    if bill.cap == 0:
        return "cap 0.00"
    return f"{bill.after.expected / bill.cap:.0%} of the cap of {usd(bill.cap)}"


def policies(plan: Plan) -> str:
    """Say what the rules found."""
    if not plan.rules:
        return "not asked"
    stops = len(plan.stops)
    notes = len(plan.verdicts) - stops
    later = sum(map(len, plan.waiting.values()))
    if not plan.verdicts:
        return f"{plan.rules} rules passed" + (f", {later} wait for a create" if later else "")
    parts = [f"{stops} stop it" if stops else "none stops it"]
    if notes:
        parts.append(plural(notes, "note"))
    if plan.unverified:
        parts.append(f"{plan.unverified} unverified")
    if later:
        parts.append(f"{later} wait for a create")
    return ", ".join(parts)


def waits(plan: Plan) -> list[str]:
    """Say which rules wait until the update knows what a preview can't."""
    return [
        f"{rule} is judged before the create of {names(found, 12)}" for rule, found in plan.waiting.items()
    ]


def differs(bill: Bill) -> bool:
    """Tell whether the judges named another sum; it is shown, never hidden."""
    return bill.judged is not None and round(bill.judged, 2) != round(bill.after.expected, 2)


def gaps(given: tuple[Gap, ...]) -> list[str]:
    """Join what lacks a price for the same reason: what, why, how much it may be at most, and where."""
    groups: dict[tuple[str, str], list[Gap]] = {}
    for gap in given:
        groups.setdefault((gap.item, gap.reason), []).append(gap)
    return [_gap(item, reason, found) for (item, reason), found in groups.items()]


def _gap(item: str, reason: str, found: list[Gap]) -> str:
    times = f"{len(found)} x " if len(found) > 1 else ""
    most = sum(gap.guide or 0.0 for gap in found)
    guide = f", at the dearest price elsewhere {usd(most)} a month" if most else ""
    return f"{times}{item}: {reason}{guide} ({names(tuple(gap.name for gap in found))})"


def why(change: Change) -> str:
    """Say why something is replaced or deleted."""
    if change.verb == "delete":
        return "no longer declared"
    if not change.reasons:
        return "asked for by the program"
    moved = {edit.path.split(".")[0].split("[")[0]: edit for edit in change.edits}
    told = []
    for name in change.reasons:
        edit = moved.get(name.split(".")[0].split("[")[0])
        told.append(f"{edit.path}: {edit.before or 'not set'} → {edit.after or 'not set'}" if edit else name)
    return "; ".join(told) + " can't change in place"


def grouped(verdicts: tuple[Verdict, ...]) -> list[tuple[str, list[Verdict]]]:
    """Join verdicts by rule, in their order."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(verdict.rule, []).append(verdict)
    return list(groups.items())


def names(given: tuple[str, ...], most: int = 5) -> str:
    """List names, the rest as a number."""
    rest = len(given) - most
    return ", ".join(given[:most]) + (f" and {rest} more" if rest > 0 else "")


def amount(row: CostRow) -> str:
    """Give units a month before and after."""
    return f"{count(row.quantity[0])} → {count(row.quantity[1])}"


def bases(rows: tuple[CostRow, ...]) -> list[str]:
    """Say of what is not priced at its own list price which price that is."""
    return list(dict.fromkeys(f"{row.item}: {row.basis}" for row in rows if row.basis))


def price(row: CostRow) -> str:
    """Give the price of one unit."""
    return f"{row.unit_usd:g} / {row.unit}"


def nodes(need: Need) -> str:
    """Give machines before and after, and the most that autoscaling may make of them."""
    before = f"{count(need.before)} → " if need.before != need.nodes.expected else ""
    most = f" (at most {count(need.nodes.high)})" if need.nodes.high > need.nodes.expected else ""
    return f"{before}{count(need.nodes.expected)}{most}"


def accelerators(need: Need) -> str:
    """Give accelerators with their name; empty for hosts."""
    return f"{count(need.accelerators.expected)} {need.accelerator}" if need.accelerator else ""


def quota(need: Need) -> str:
    """Say whether the declared quota suffices; empty for hosts."""
    if not need.accelerator:
        return ""
    if need.quota is None:
        return "not declared"
    return f"{need.quota}, short of {need.short}" if need.short else f"{need.quota}, enough"
