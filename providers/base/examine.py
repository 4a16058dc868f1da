"""Check: what is known of the inputs is validated, what is not known passes, and every mistake is told at once."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel, ValidationError, create_model
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
        validated = model.model_validate(loose)
    except ValidationError as error:
        details = [detail for detail in error.errors() if not _only_unknown(detail, loose)]
        if details:
            return given, [_problem(model, detail, given) for detail in details]
        return _partly(model, given, loose), []
    # A field of any type lets UNKNOWN through, but it can't be written out as a value.
    return (_partly(model, given, loose) if has_unknown(loose) else overlay(given, validated.bag())), []


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
    checked: Bag = {}
    for name, part in _parts(model).items():
        if has_unknown(loose.get(name)):
            checked[name] = given[name]
        else:
            known = {name: loose[name]} if name in loose else {}
            checked.update(overlay(given, part.model_validate(known).bag()))
    return checked


@cache
def _parts(model: type[Inputs]) -> dict[str, type[Inputs]]:
    """Give a model of each field alone, by wire name."""
    fields = model.model_fields.items()
    return {field.alias or name: _part(model, name, field) for name, field in fields}


def _part(model: type[Inputs], name: str, field: FieldInfo) -> type[Inputs]:
    definition: Any = {name: (field.annotation, field)}
    return create_model(f"{model.__name__}_{name}", __base__=Inputs, **definition)


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
