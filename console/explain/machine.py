"""A machine type of the fact table."""

from collections.abc import Iterator

from pydantic import BaseModel

from console.explain.topic import Part, Topic
from infra.catalog import machines, prices
from infra.catalog.machines import Machine
from infra.catalog.rows import sources

PAGE = "docs/machines.md"


def all_of_them() -> dict[str, Machine]:
    """Give the machine types of all platforms by name."""
    return {machine.name: machine for machine in machines.all()}


def topic(machine: Machine) -> Topic:
    """Say what is in a machine, each fact with its meaning, and what it costs where it is cheapest."""
    text = f"A machine type of {machine.platform}."
    parts = (*_facts(machine, ""), *_price(machine))
    return Topic("machine", machine.name, "", text, parts, PAGE)


def _facts(row: BaseModel, inside: str) -> Iterator[Part]:
    for name, field in type(row).model_fields.items():
        value = getattr(row, name)
        if isinstance(value, BaseModel):
            yield from _facts(value, f"{inside}{name}.")
        elif name == "source":
            cited = [f"{sources()[one].title} ({sources()[one].where})" for one in value]
            yield Part("source", cited, "Where the facts are from.")
        elif name in row.model_fields_set and name not in {"name", "platform"}:
            plain = row.model_dump(mode="json", include={name})[name]
            yield Part(f"{inside}{name}", plain, " ".join((field.description or "").split()))


def _price(machine: Machine) -> Iterator[Part]:
    for price in prices.everywhere(machine.platform, machine.name, "on-demand")[:1]:
        yield Part(
            "usd_per_hour",
            price.usd,
            f"On demand in {price.region}, where it is cheapest, as of {price.as_of}.",
        )
