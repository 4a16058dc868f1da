"""What an environment may cost, what useful work costs in it, and what its own machines cost."""

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic.alias_generators import to_camel

from infra.settings.section import Section

Usd = Annotated[float, Field(ge=0)]
Rate = Annotated[float, Field(gt=0)]


def _day(given: Any) -> Any:
    """Read a day that stands in a stack file without quotes: the engine hands it on as a moment."""
    try:
        return date.fromisoformat(given.removesuffix(" 00:00:00 +0000 UTC"))
    except (AttributeError, ValueError):
        return given


class Rates(Section):
    """What a pool gets done, as you measured it: turns its bill into the price of a step and of a token."""

    steps_per_hour: Rate | None = None
    """Optimizer steps that training makes in an hour on the whole pool. Default: not declared."""
    tokens_per_second: Rate | None = None
    """Tokens that the pool's servers generate in a second, with its declared number of machines.

    Default: not declared."""


class OwnMachine(Section):
    """What one machine of a type costs its owner."""

    purchase_usd: Usd
    """What it cost, with its share of switches, racks and cables."""
    watts: Rate | None = None
    """The electrical power that it takes under load, in W.

    Default: the fact table's; without either the machine is unpriced."""


class Own(Section):
    """The price list of an own site: purchase over the years of use, and power through the meter."""

    usd_per_kwh: Usd
    """What a kWh costs."""
    pue: Annotated[float, Field(ge=1)] = 1.0
    """Power usage effectiveness: what the building takes for each kWh of its machines.

    Default: 1.0, nothing for cooling."""
    years: Rate
    """Over how many years a purchase is spread."""
    as_of: Annotated[date, BeforeValidator(_day)]
    """The day on which these figures were right, `2026-11-22`: they grow old like any price."""
    machines: Annotated[dict[str, OwnMachine], Field(min_length=1)]
    """By machine type, such as `hgx-h100`."""


class Allowance(Section):
    """What a stack may cost."""

    monthly_usd: Usd
    """The cap in USD for a month of 730 hours."""
    per_team: dict[str, Usd] = Field(default_factory=dict)
    """Caps by team, in USD a month. Default: none."""
    change_usd: Usd | None = None
    """What one change may add to the bill, in USD a month; the first `up` of a stack adds all of it and is not asked.

    Default: no cap."""


class Budget(Allowance):
    """What an environment may cost, and what its machines get done for that."""

    usd_per_gpu_hour: Usd | None = None
    """The most that one accelerator may cost an hour. Default: no cap."""
    usd_per_1k_steps: Usd | None = None
    """The most that a thousand training steps may cost; needs `steps_per_hour` of its pool. Default: no cap."""
    usd_per_1m_tokens: Usd | None = None
    """The most that a million served tokens may cost; needs `tokens_per_second` of its pool. Default: no cap."""
    rates: dict[str, Rates] = Field(default_factory=dict)
    """What the workloads get done, by pool. Default: not declared."""
    set_aside: dict[str, Usd] = Field(default_factory=dict)
    """What you hold back for items that no list prices, in USD a month: `FSx for Lustre 500 MB/s/TiB: 15000`.

    By item, as `causeway cost` names it. It is no price: the cap holds for all else. A name that stands for no item
    without a price is told there and on the plan, and stops where it is a misspelt one. Default: nothing, so an item
    that no source prices stays unverified."""
    own: Own | None = None
    """What own machines cost. Default: they are taken as paid, and the bill says so."""


def wire(section: Section) -> dict[str, Any]:
    """Give a section as the engine's property bags have it: names in camel case, without what is not set."""
    found: dict[str, Any] = {}
    for name in type(section).model_fields:
        value = getattr(section, name)
        if value is not None:
            found[to_camel(name)] = _wired(value)
    return found


def _wired(value: Any) -> Any:
    if isinstance(value, Section):
        return wire(value)
    if isinstance(value, dict):
        return {key: _wired(inner) for key, inner in value.items()}
    return value.isoformat() if isinstance(value, date) else value
