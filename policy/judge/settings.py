"""How each rule is set in one run: its level, what an unknown does, its options."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from policy.model.rule import Level, OnUnknown, Rule


@dataclass(frozen=True)
class Setting:
    """One rule as it is set."""

    level: Level
    on_unknown: OnUnknown
    options: Mapping[str, Any]


def settings(
    rules: Iterable[Rule], given: Mapping[str, Mapping[str, Any]], levels: Mapping[str, Level]
) -> dict[str, Setting]:
    """Join each rule's defaults with the configuration of the policy pack.

    Raises:
        ValueError: An option does not exist or `onUnknown` is neither `fail` nor `warn`.
    """
    return {rule.name: _setting(rule, given.get(rule.name, {}), levels.get(rule.name)) for rule in rules}


def _setting(rule: Rule, given: Mapping[str, Any], level: Level | None) -> Setting:
    allowed = {"onUnknown", *rule.options}
    wrong = sorted(set(given) - allowed)
    if wrong:
        names = ", ".join(sorted(allowed))
        raise ValueError(
            f"policy configuration of {rule.name}: unknown option {wrong[0]!r}; allowed: {names}"
        )
    unknown = given.get("onUnknown", rule.on_unknown.value)
    if unknown not in {choice.value for choice in OnUnknown}:
        raise ValueError(
            f"policy configuration of {rule.name}: onUnknown is {unknown!r}; allowed: fail, warn"
        )
    options = {name: given.get(name, option.default) for name, option in rule.options.items()}
    return Setting(level or rule.level, OnUnknown(unknown), options)
