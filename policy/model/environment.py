"""The promises of an environment: data classes, places, caps.

They come from two places that say the same: the stack configuration, which the engine shows before the first resource,
and the component that the stack registers, which stays in the state and lets a state be judged without its stack file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.catalog.cost.own import Own
from infra.catalog.cost.useful import Terms
from infra.catalog.regions import ANYWHERE
from policy.model import terms
from policy.model.resource import Resource

ENVIRONMENT = "causeway:index:Environment"
"""The type of the component that every stack registers first and gives to all others as their parent."""


@dataclass(frozen=True)
class DataClass:
    """A class of data and the promises that go with it."""

    name: str
    jurisdictions: frozenset[str] = frozenset({ANYWHERE})
    """Where the data, its copies and its keys may be. Default: anywhere."""
    rotation_days: int = 90
    """The longest time between two rotations of its keys. Default: 90."""
    personal: bool = False
    """Personal or health data. Default: false."""

    @property
    def anywhere(self) -> bool:
        """Tell whether the data may be everywhere."""
        return ANYWHERE in self.jurisdictions


@dataclass(frozen=True)
class Budget:
    """Caps in USD for a month of 730 hours."""

    monthly_usd: float | None = None
    """For the whole stack. None: no cap is set."""
    per_team: Mapping[str, float] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    """What useful work may cost, and what pools get done."""
    own: Own | None = None
    """What own machines cost. None: they are taken as paid."""
    change_usd: float | None = None
    """What one change may add. None: no cap is set."""
    set_aside: Mapping[str, float] = field(default_factory=dict)
    """What is held back from the cap for items that no list prices."""


@dataclass(frozen=True)
class Environment:
    """What one stack promises."""

    stack: str = ""
    platform: str = ""
    region: str = ""
    jurisdiction: str = ""
    """Where an own site or this machine stands. Clouds know it from the region."""
    data_classes: Mapping[str, DataClass] = field(default_factory=dict)
    budget: Budget = Budget()
    labels: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, resource: Resource) -> "Environment":
        """Read the inputs of the environment's component.

        Raises:
            ValueError: Something has the wrong shape; the message names the property.
        """
        props = resource.props
        classes = _mapping(props.get("dataClasses"), "dataClasses")
        labels = {key: str(value) for key, value in _mapping(props.get("labels"), "labels").items()}
        for key, name in (("owner", "owner"), ("team", "team"), ("cost-center", "costCenter")):
            if props.get(name):
                labels[key] = str(props[name])
        return cls(
            stack=str(props.get("stack") or ""),
            platform=str(props.get("platform") or ""),
            region=str(props.get("region") or ""),
            jurisdiction=str(props.get("jurisdiction") or ""),
            data_classes={name: data_class(name, given) for name, given in classes.items()},
            budget=budget(props.get("budget")),
            labels=labels,
        )

    @classmethod
    def declared(cls, config: Mapping[str, str]) -> "Environment | None":
        """Read the stack's configuration; None when it declares no data classes, as in a program that is not ours.

        A stack on another one's environment only names classes there; what they promise is in its component.

        Raises:
            ValueError: Something has the wrong shape; the message names the key.
        """
        if f"{_PREFIX}data_classes" not in config or f"{_PREFIX}stands_on" in config:
            return None
        given = {
            key.removeprefix(_PREFIX): _decoded(value)
            for key, value in config.items()
            if key.startswith(_PREFIX)
        }
        classes = _mapping(given.get("data_classes"), "data_classes")
        names = {"owner": "owner", "team": "team", "cost-center": "cost_center"}
        return cls(
            platform=str(given.get("platform") or ""),
            region=str(given.get("region") or ""),
            jurisdiction=str(given.get("jurisdiction") or ""),
            data_classes={name: data_class(name, _camel(promise)) for name, promise in classes.items()},
            budget=budget(terms.camel(given.get("budget"))),
            labels={
                **{key: str(value) for key, value in _mapping(given.get("labels"), "labels").items()},
                **{key: str(given[name]) for key, name in names.items() if name in given},
            },
        )


_PREFIX = "causeway:"
_CAMEL = {"rotation_days": "rotationDays"}


def _camel(given: Any) -> Any:
    """Rename the keys of a settings file to those of the wire."""
    return (
        {_CAMEL.get(key, key): value for key, value in given.items()} if isinstance(given, Mapping) else given
    )


def _decoded(value: str) -> Any:
    """Objects and lists of a configuration arrive as JSON, plain values as text."""
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def data_class(name: str, given: Any) -> DataClass:
    """Read one data class from its wire form."""
    fields = _mapping(given, f"dataClasses.{name}")
    places = fields.get("jurisdictions", [ANYWHERE])
    if not isinstance(places, list) or not all(isinstance(place, str) for place in places):
        raise ValueError(f"dataClasses.{name}.jurisdictions: given {places!r}, a list of names is needed")
    days = _number(fields.get("rotationDays", 90), f"dataClasses.{name}.rotationDays")
    return DataClass(name, frozenset(places), int(days), bool(fields.get("personal", False)))


def budget(given: Any) -> Budget:
    """Read the caps from their wire form."""
    fields = _mapping(given, "budget")
    cap, change = fields.get("monthlyUsd"), fields.get("changeUsd")
    teams = _mapping(fields.get("perTeam"), "budget.perTeam")
    return Budget(
        None if cap is None else _number(cap, "budget.monthlyUsd"),
        {team: _number(usd, f"budget.perTeam.{team}") for team, usd in teams.items()},
        terms.useful(fields),
        terms.own(fields.get("own")),
        None if change is None else _number(change, "budget.changeUsd"),
        {
            item: _number(usd, f"budget.setAside.{item}")
            for item, usd in _mapping(fields.get("setAside"), "budget.setAside").items()
        },
    )


def _mapping(given: Any, where: str) -> Mapping[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise ValueError(f"{ENVIRONMENT} {where}: given {given!r}, a map is needed")  # noqa: TRY004 - users get ValueError
    return given


def _number(given: Any, where: str) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError(f"{ENVIRONMENT} {where}: given {given!r}, a number is needed")  # noqa: TRY004 - users get ValueError
    return float(given)
