"""The finer terms of a budget: prices of useful work, and of an own site."""

from collections.abc import Mapping
from typing import Any

from infra.catalog.cost.own import Machine, Own
from infra.catalog.cost.useful import Rates, Terms

_CAMEL = {
    "monthly_usd": "monthlyUsd",
    "per_team": "perTeam",
    "change_usd": "changeUsd",
    "set_aside": "setAside",
    "usd_per_gpu_hour": "usdPerGpuHour",
    "usd_per_1k_steps": "usdPer1KSteps",
    "usd_per_1m_tokens": "usdPer1MTokens",
    "steps_per_hour": "stepsPerHour",
    "tokens_per_second": "tokensPerSecond",
    "usd_per_kwh": "usdPerKwh",
    "as_of": "asOf",
    "purchase_usd": "purchaseUsd",
}


def camel(given: Any) -> Any:
    """Rename the keys of a settings file, however deep, to those of the wire."""
    if not isinstance(given, Mapping):
        return given
    return {_CAMEL.get(key, key): camel(value) for key, value in given.items()}


def useful(budget: Mapping[str, Any]) -> Terms:
    """Read what useful work may cost, and what each pool gets done."""
    rates = {
        str(pool): Rates(
            _number(one, "stepsPerHour", f"rates.{pool}"), _number(one, "tokensPerSecond", f"rates.{pool}")
        )
        for pool, one in _mapping(budget, "rates").items()
    }
    return Terms(
        gpu_hour=_number(budget, "usdPerGpuHour", ""),
        thousand_steps=_number(budget, "usdPer1KSteps", ""),
        million_tokens=_number(budget, "usdPer1MTokens", ""),
        rates=rates,
    )


def own(given: Any) -> Own | None:
    """Read the price list of an own site; None when there is none."""
    if given is None:
        return None
    machines = {
        str(name): Machine(
            _needed(one, "purchaseUsd", f"own.machines.{name}"), _number(one, "watts", f"own.machines.{name}")
        )
        for name, one in _mapping(given, "machines").items()
    }
    return Own(
        _needed(given, "usdPerKwh", "own"),
        _needed(given, "years", "own"),
        str(given.get("asOf", "undated"))[:10],  # the engine makes a moment of a day without quotes
        _number(given, "pue", "own") or 1.0,
        machines,
    )


def _mapping(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = given.get(name) or {}
    if not isinstance(value, Mapping):
        raise ValueError(f"budget.{name}: given {value!r}, a map is needed")  # noqa: TRY004 - users get ValueError
    return value


def _needed(given: Any, name: str, where: str) -> float:
    value = _number(given, name, where)
    if value is None:
        raise ValueError(f"budget.{where}.{name} is missing")
    return value


def _number(given: Any, name: str, where: str) -> float | None:
    value = given.get(name) if isinstance(given, Mapping) else None
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        path = ".".join(part for part in ("budget", where, name) if part)
        raise ValueError(f"{path}: given {value!r}, a number is needed")  # noqa: TRY004 - users get ValueError
    return float(value)
