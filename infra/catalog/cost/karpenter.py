"""Machines that Karpenter buys one by one: no resource of the cloud stands for them before they are there."""

from collections.abc import Mapping
from dataclasses import replace

from infra.catalog import machines
from infra.catalog.cost.charge import Estimator, Place, charge
from infra.catalog.cost.line import Line, Priced, Span, Undecided, Unpriced
from infra.catalog.machines import Machine
from infra.catalog.values import UNKNOWN, Value, find, get

_MACHINE = "node.kubernetes.io/instance-type"
_CAPACITY = "karpenter.sh/capacity-type"


def _pool(props: Mapping[str, Value], place: Place) -> tuple[Line, ...]:
    """Price the pool at its limit: pods decide how many machines come, and nothing but the limit bounds them.

    Where on-demand machines may stand in for spot ones, their price counts.
    """
    names, kinds = _required(props, _MACHINE), _required(props, _CAPACITY)
    if UNKNOWN in names or UNKNOWN in kinds:
        return (Undecided("machines of the pool", "spec.template.spec.requirements"),)
    known = {row.name: row for row in machines.all("aws")}
    found = [known[str(name)] for name in names if name in known]
    if not found or len(found) < len(names):
        return (Unpriced("machines of the pool", "its machine types are not all in the fact table"),)
    line = max((_line(machine, props, _dearest(kinds), place) for machine in found), key=_weight)
    return (_named(line, kinds),)


def _dearest(kinds: list[Value]) -> str:
    return str(kinds[0]) if len(set(kinds)) == 1 else "on-demand"


def _named(line: Line, kinds: list[Value]) -> Line:
    """Name all kinds that the pool may buy, and which of them its price is."""
    if len(set(kinds)) < 2 or not isinstance(line, Priced | Unpriced):
        return line
    item = f"{line.item}, {' or '.join(map(str, kinds))}"
    if isinstance(line, Unpriced):
        return replace(line, item=item)
    return replace(line, item=item, basis="the on-demand price, the dearer one")


def _line(machine: Machine, props: Mapping[str, Value], kind: str, place: Place) -> Line:
    most = _most(machine, get(props, "spec.limits"))
    if most is None:
        return Unpriced(machine.name, "spec.limits bounds neither its accelerators nor its processors")
    return charge("aws", machine.name, place, Span(0.0, most, most), kind)


def _most(machine: Machine, limits: Value) -> float | None:
    """Give how many machines fit under the limit; None where nothing limits them."""
    if not isinstance(limits, Mapping):
        return None
    per_machine = {"cpu": machine.vcpus or 0, "nvidia.com/gpu": machine.gpus}
    fits = [
        float(str(limits[name])) // count
        for name, count in per_machine.items()
        if count and name in limits and limits[name] is not UNKNOWN
    ]
    return min(fits, default=None)


def _required(props: Mapping[str, Value], key: str) -> list[Value]:
    """Give the allowed values of one requirement; UNKNOWN stands for what is not known yet."""
    found: list[Value] = []
    for requirement in find(props, "spec.template.spec.requirements[*]"):
        if requirement.value is UNKNOWN:
            found.append(UNKNOWN)
        elif get(requirement.value, "key") == key:
            found += [value.value for value in find(requirement.value, "values[*]")]
    return found


def _weight(line: Line) -> float:
    guide = line.guide if isinstance(line, Unpriced) else getattr(line, "monthly", None)
    return guide.expected if guide else float("inf")


ESTIMATORS: Mapping[str, Estimator] = {"kubernetes:karpenter.sh/v1:NodePool": _pool}
"""By type token."""
