"""Version ranges and pairs: what is known to work together, and what is known to break."""

import re
from collections.abc import Mapping
from functools import cache
from itertools import zip_longest
from types import MappingProxyType

from pydantic import Field, model_validator

from infra.catalog.machines import Machine
from infra.catalog.rows import Cited, FrozenMap, read
from infra.problems import Problem


class Rule(Cited):
    """One version fact: a range, or a pair that belongs together."""

    component: str
    """What the range is about, for example `nvidia-driver`."""
    machines: tuple[str, ...] = ()
    """`platform/name` of the machines it holds for. Empty, with `fabrics` empty too: all."""
    fabrics: tuple[str, ...] = ()
    """Fabrics it holds for."""
    minimum: str | None = None
    """The first version that works."""
    below: str | None = None
    """The first version that works no more."""
    branches: FrozenMap[str, str] = Field(default_factory=lambda: MappingProxyType({}))
    """The first version of each release branch that works; branches older than all of them do not."""
    refused: tuple[str, ...] = ()
    """Single versions that are known to break."""
    when: FrozenMap[str, str] = Field(default_factory=lambda: MappingProxyType({}))
    """Holds only where these components have exactly these versions: the other half of a pair."""
    exactly: str | None = None
    """The one version that fits `when`."""
    why: str
    """What happens otherwise."""

    @model_validator(mode="after")
    def _says_something(self) -> "Rule":
        if not (self.minimum or self.below or self.refused or self.exactly or self.branches):
            raise ValueError("gives no bound")
        return self

    def holds_for(self, machine: Machine | None) -> bool:
        """Say whether the rule is about this machine."""
        if not self.machines and not self.fabrics:
            return True
        if machine is None:
            return False
        fabric = machine.link.fabric if machine.link else None
        return f"{machine.platform}/{machine.name}" in self.machines or fabric in self.fabrics


class Range(Cited):
    """All that is known about a component's versions on a machine."""

    minimum: str | None
    """The first version that works. None: no source names one."""
    below: str | None
    """The first version that works no more. None: no source names one."""
    refused: tuple[str, ...]
    """Single versions that are known to break."""


@cache
def rules() -> tuple[Rule, ...]:
    """List all version facts."""
    return read("compat", Rule)


def parts(version: str) -> tuple[int, ...]:
    """Split a version into its numbers: `v0.5.10` is (0, 5, 10), `1.34.1-gke.1829001` is (1, 34, 1, 1829001)."""
    return tuple(int(number) for number in re.findall(r"\d+", version))


def older(one: str, other: str) -> bool:
    """Say whether the first version is older than the second; missing numbers count as 0."""
    pairs = zip_longest(parts(one), parts(other), fillvalue=0)
    return next((a < b for a, b in pairs if a != b), False)


def range_of(component: str, machine: Machine) -> Range | None:
    """Give the bounds of a component's version on a machine, all rules together. None: no rule is about it."""
    found = [
        rule for rule in rules() if rule.component == component and not rule.when and rule.holds_for(machine)
    ]
    if not found:
        return None
    floor = _extreme([rule.minimum for rule in found if rule.minimum], highest=True)
    ceiling = _extreme([rule.below for rule in found if rule.below], highest=False)
    return Range(
        minimum=floor,
        below=ceiling,
        refused=tuple(version for rule in found for version in rule.refused),
        source=tuple(dict.fromkeys(name for rule in found for name in rule.source)),
        as_of=max(rule.as_of for rule in found),
    )


def _extreme(versions: list[str], *, highest: bool) -> str | None:
    ordered = sorted(versions, key=parts)
    return (ordered[-1] if highest else ordered[0]) if ordered else None


def check(versions: Mapping[str, str], machine: Machine | None = None) -> tuple[Problem, ...]:
    """Judge versions that shall run together on a machine; gives one problem for each fact that they break.

    Args:
        versions: Component to version, with the components' names of `compat.yaml`.
        machine: Where they run. Default: anywhere; then only general facts and pairs are judged.
    """
    applying = [rule for rule in rules() if rule.component in versions and rule.holds_for(machine)]
    where = machine.name if machine else "versions"
    return tuple(
        Problem(f"{where}: {rule.component}", f"{text}: {rule.why}", allowed)
        for rule in applying
        if all(versions.get(name) == version for name, version in rule.when.items())
        for text, allowed in _breaks(rule, versions[rule.component])
    )


def _breaks(rule: Rule, version: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if rule.minimum and older(version, rule.minimum):
        found.append((f"{version} is older than {rule.minimum}", f">= {rule.minimum}"))
    if rule.below and not older(version, rule.below):
        found.append((f"{version} is not older than {rule.below}", f"< {rule.below}"))
    floor = _floor_of_branch(rule.branches, version)
    if floor and older(version, floor):
        found.append((f"{version} is older than {floor}", f">= {floor}"))
    if any(parts(version) == parts(bad) for bad in rule.refused):
        found.append((f"{version} is known to break", "another version"))
    if rule.exactly and parts(version) != parts(rule.exactly):
        pair = ", ".join(f"{name} {given}" for name, given in rule.when.items())
        found.append((f"{version} does not fit {pair}", rule.exactly))
    return found


def _floor_of_branch(branches: Mapping[str, str], version: str) -> str | None:
    if not branches:
        return None
    oldest = min(branches.values(), key=parts)
    if older(version, oldest):
        return oldest
    branch = next((name for name in branches if parts(version)[: len(parts(name))] == parts(name)), None)
    return branches[branch] if branch else None
