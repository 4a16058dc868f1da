"""Check: what is known of the inputs is validated, what is not known passes, and every mistake is told at once."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from providers.base.errors import Problem, listed, nearest
from providers.base.resource import Inputs
from providers.base.values import UNKNOWN, Bag, Path, Secret, at, has_unknown, plain


def examine(model: type[Inputs], given: Bag) -> tuple[Bag, list[Problem]]:
    """Give the inputs with defaults filled in and their marks kept, and the mistakes found.

    Fields that hold UNKNOWN anywhere stay as given; mistakes that come only from UNKNOWN are no mistakes.
    """
    loose = plain(given)
    try:
        return overlay(given, model.model_validate(loose).bag()), []
    except ValidationError as error:
        details = [detail for detail in error.errors() if not _only_unknown(detail, loose)]
    if details:
        return given, [_problem(model, detail, given) for detail in details]
    return _partly(model, given, loose), []


def overlay(given: Any, validated: Any) -> Any:
    """Give the validated value the secret marks of the given one."""
    if isinstance(given, Secret):
        return Secret(plain(overlay(given.value, validated)))
    if isinstance(given, dict) and isinstance(validated, dict):
        return {key: overlay(given.get(key), value) for key, value in validated.items()}
    if isinstance(given, list) and isinstance(validated, list) and len(given) == len(validated):
        return [overlay(one, other) for one, other in zip(given, validated, strict=True)]
    return validated


def _partly(model: type[Inputs], given: Bag, loose: Bag) -> Bag:
    """Fill in the defaults and canonical values of the fields that are fully known."""
    adapters = _adapters(model)
    known = {}
    for name, adapter in adapters.items():
        if name in given and has_unknown(loose[name]):
            known[name] = given[name]
        elif name in given:
            value = adapter.dump_python(adapter.validate_python(loose[name]), **_DUMP)
            known[name] = overlay(given[name], value)
        else:
            known[name] = adapter.dump_python(_default(model, name), **_DUMP)
    return {name: value for name, value in known.items() if value is not None}


_DUMP: dict[str, Any] = {"by_alias": True, "exclude_none": True, "mode": "json"}


@cache
def _adapters(model: type[Inputs]) -> dict[str, TypeAdapter[Any]]:
    """Give a validator per field, by wire name."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    return {name: _adapter(field) for name, field in fields.items()}


def _adapter(field: FieldInfo) -> TypeAdapter[Any]:
    kind: Any = Annotated[field.annotation, field]
    return TypeAdapter(kind)


def _default(model: type[Inputs], wire_name: str) -> Any:
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    return fields[wire_name].get_default(call_default_factory=True)


def _only_unknown(detail: ErrorDetails, loose: Bag) -> bool:
    """Say whether this mistake is only that a value isn't known yet."""
    return detail["type"] != "extra_forbidden" and at(loose, detail["loc"]) is UNKNOWN


def _problem(model: type[Inputs], detail: ErrorDetails, given: Bag) -> Problem:
    """Put one validation error in our words: what was given, what is allowed, what was meant."""
    context = detail.get("ctx", {})
    kind, path = detail["type"], detail["loc"]
    if kind == "extra_forbidden":
        allowed = sorted(wire_names(_model_at(model, path[:-1])))
        hint = nearest(str(path[-1]), allowed)
        return Problem(path, f"there is no such property{hint}; allowed: {', '.join(allowed)}")
    if kind == "missing":
        return Problem(path, "is required and was not given")
    path = _existing(path, given)
    if kind == "value_error":
        return Problem(path, str(context["error"]))
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", context["expected"])
        hint = nearest(str(detail["input"]), allowed)
        return Problem(path, f"{_shown(given, path)} is not allowed{hint}; allowed: {listed(allowed)}")
    return Problem(
        path, f"{_shown(given, path)} can't be used: {detail['msg'][0].lower()}{detail['msg'][1:]}"
    )


def _shown(given: Bag, path: Path) -> str:
    """Write the value for a message, unless it stands under a secret mark."""
    inner: Any = given
    for step in path:
        if isinstance(inner, Secret):
            break
        inner = inner[step]
    return "the secret value" if isinstance(inner, Secret) else repr(plain(inner))


def _existing(path: Path, given: Bag) -> Path:
    """Cut a location to the part that the inputs have: pydantic appends the branch of a union that it tried."""
    loose: Any = plain(given)
    for depth, step in enumerate(path):
        try:
            loose = loose[step]
        except (KeyError, IndexError, TypeError):
            return path[:depth]
    return path


def wire_names(model: type[BaseModel]) -> list[str]:
    """Give the model's property names as they are on the wire."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel]:
    """Find the nested model that a location leads to."""
    for step in path:
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        if isinstance(step, str) and step in fields:
            model = next(_models_in(fields[step].annotation), model)
    return model


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Walk over the models named in an annotation such as `Lifecycle | None` or `list[Rule]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
