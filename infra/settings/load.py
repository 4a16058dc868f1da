"""From a stack file, or from the running engine, to checked settings."""

import copy
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pulumi.runtime.config import get_config_env
from pydantic import ValidationError

from infra.problems import Problem, ProblemsError
from infra.settings import mistakes, names, stackfile
from infra.settings.hybrid import Hybrid
from infra.settings.model import Settings
from infra.settings.names import UNSAID
from infra.settings.tenant import Tenant

Stack = Settings | Hybrid | Tenant
"""What a stack file comes to: an environment, what spans two of them, or workloads on one."""

Model = type[Settings] | type[Hybrid] | type[Tenant]

_KEYS: Mapping[str, Model] = {"references": Hybrid, "stands_on": Tenant}
"""By the key that only this kind of stack has."""

MoreChecks = Callable[[Stack], Iterable[Problem]]
"""Checks that need knowledge from another room, such as a workload's own options."""

_TITLE = "the settings have mistakes"
_STAND_INS: Mapping[str, Any] = {
    "platform": "local",
    "data_classes": {UNSAID: {}},
    "budget": {"monthly_usd": 0},
    "references": {"site": UNSAID, "cloud": UNSAID},
    "line": {"locations": [], "peer": {"asn": 1}},
    "training": {"store": UNSAID},
    "serving": {"store": UNSAID},
}


def parse(values: Mapping[str, Any], more: MoreChecks = lambda _: ()) -> Stack:
    """Check plain values and freeze them.

    Raises:
        ProblemsError: Carries every mistake at once.
    """
    model = model_of(values)
    try:
        settings = _validated(model, values)
    except ValidationError as error:
        found = list(mistakes.problems(error, model))
        told = {problem.where for problem in found}
        rest = (problem for problem in _despite(model, values, error, more) if problem.where not in told)
        raise ProblemsError(_TITLE, [*found, *rest]) from None
    if found := [*names.mistakes(settings), *more(settings)]:
        raise ProblemsError(_TITLE, found)
    return settings


def _validated(model: Model, values: Mapping[str, Any]) -> Stack:
    """Check values as JSON has them, the form in which the engine and the judges get them: a text is no number."""
    return model.model_validate_json(json.dumps(values, default=str), strict=True)


def model_of(values: Mapping[str, Any]) -> Model:
    """Say which kind of stack the values describe, by the key that only this kind has."""
    return next((model for key, model in _KEYS.items() if key in values), Settings)


def from_file(path: Path, more: MoreChecks = lambda _: ()) -> Stack:
    """Check a stack file before any engine starts; problems name file and line."""
    file = stackfile.read(path)
    try:
        return parse(file.values, more)
    except ProblemsError as error:
        ordered = sorted(error.problems, key=lambda problem: file.line(problem.where))
        raise ProblemsError(error.title, [file.locate(problem) for problem in ordered]) from None


def from_engine(more: MoreChecks = lambda _: ()) -> Stack:
    """Check what the engine hands to the program: the same values, objects as JSON texts."""
    own = {key: value for key, value in get_config_env().items() if key.startswith(stackfile.PREFIX)}
    return parse({key.removeprefix(stackfile.PREFIX): _decoded(value) for key, value in own.items()}, more)


def _decoded(value: Any) -> Any:
    is_structure = isinstance(value, str) and value[:1] in {"{", "["}
    return json.loads(value) if is_structure else value


def _despite(
    model: Model, values: Mapping[str, Any], error: ValidationError, more: MoreChecks
) -> list[Problem]:
    """Run the further checks on what is left when the broken values are set aside, so that no mistake hides another."""
    sound = copy.deepcopy(dict(values))
    for detail in error.errors():
        _remove(sound, detail["loc"])
    try:
        _validated(model, sound)
    except ValidationError as rest:
        for detail in rest.errors():
            _stand_in(model, sound, str(detail["loc"][0]))
    settings = _validated(model, sound)
    return [*names.mistakes(settings), *more(settings)]


def _stand_in(model: Model, values: dict[str, Any], name: str) -> None:
    values.pop(name, None)
    if model.model_fields[name].is_required():
        values[name] = _STAND_INS.get(name, UNSAID)


def _remove(values: Any, path: tuple[int | str, ...]) -> None:
    for part in path[:-1]:
        values = values.get(part) if isinstance(values, dict) else None
    if isinstance(values, dict):
        values.pop(path[-1], None)
