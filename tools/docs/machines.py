"""The page of machine types, from the fact table."""

from collections.abc import Iterator

from infra.catalog import fabric, fabrics, machines, pods, rows
from infra.catalog.machines import Machine
from infra.catalog.offers import Offer, accelerators, link, offers
from infra.catalog.prices import Price
from infra.catalog.rows import UnknownFactError
from infra.platforms import PLATFORMS
from tools.docs.table import row

_HEAD = """# Machine types

Generated from `infra/catalog/data`. Every row there has its source and date; what no source gives is listed below with
the reason, and is never guessed. Prices are on demand, of Linux, in the cheapest region that a public list names.
`causeway machines --platform P --region R` prints other regions.

"""


def page() -> str:
    """Give the page's text."""
    return _HEAD + "\n".join([*_tables(), *_fabrics(), *_conflicts(), *_unknown(), *_sources()]) + "\n"


def _tables() -> Iterator[str]:
    for platform in PLATFORMS:
        yield f"## {platform}\n"
        yield "| machine | accelerators | fabric | interfaces | a whole pod asks for | USD/GPU-hour | where, as of |"
        yield "| --- | --- | --- | --- | --- | --- | --- |"
        yield from (_line(offer) for offer in offers(platform))
        yield ""


def _line(offer: Offer) -> str:
    machine = offer.machine
    price = offer.price
    cost = f"{offer.per_accelerator:.4f}" if isinstance(price, Price) else "UNPRICED"
    where = f"{price.region}, {price.as_of}" if isinstance(price, Price) else price.reason
    cells = (
        machine.name,
        accelerators(machine),
        link(machine),
        _interfaces(machine),
        _request(machine),
        cost,
        where,
    )
    return row(cells)


def _interfaces(machine: Machine) -> str:
    try:
        found = fabric.interfaces(machine)
    except UnknownFactError:
        return "unknown"
    joined = sum(interface.fabric for interface in found)
    return f"{len(found) - joined} + {joined}" if joined else "1"


def _request(machine: Machine) -> str:
    if machine.accelerator is None:
        return ""
    return ", ".join(f"{name} {count}" for name, count in pods.request(machine).items())


def _fabrics() -> Iterator[str]:
    yield "## Fabrics\n"
    yield "| fabric | what it is | transport | attached as | kept together by | MTU | device plugin or installer |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for one in fabrics.all():
        tool = one.plugin or one.installer
        brought = f"{tool.name} {tool.pinned}" if tool else ""
        yield row((one.name, one.title, one.transport, one.attach, one.placement, one.mtu or "", brought))
    yield ""


def _conflicts() -> Iterator[str]:
    yield "## Where sources disagree\n"
    cited = [(row.name, row.conflicts) for row in machines.all()] + [
        (row.name, row.conflicts) for row in fabrics.all()
    ]
    for name, conflicts in cited:
        for conflict in conflicts:
            said = "; ".join(f"{source}: {value}" for source, value in conflict.values.items())
            yield f"- `{name}` {conflict.field}: {said}. Followed: {conflict.why}."
    yield ""


def _unknown() -> Iterator[str]:
    yield "## What no source gives\n"
    for machine in machines.all():
        if machine.unknown:
            gaps = "; ".join(f"{field}: {reason}" for field, reason in machine.unknown.items())
            yield f"- `{machine.name}` {gaps}"
    yield ""


def _sources() -> Iterator[str]:
    yield "## Sources\n"
    yield "| id | what | where | version | date |"
    yield "| --- | --- | --- | --- | --- |"
    for source in rows.sources().values():
        yield row((source.id, source.title, source.where, source.version, source.date))
