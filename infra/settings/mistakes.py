"""From pydantic's errors to problems that a user can act on."""

import re
from collections.abc import Iterator
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from infra.problems import Problem, nearest


def problems(error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    """Give one problem for each of pydantic's errors, with nearest names where a name is unknown."""
    for detail in error.errors(include_url=False):
        yield _problem(detail, model)


def _problem(detail: ErrorDetails, model: type[BaseModel]) -> Problem:
    location = [part for part in detail["loc"] if not _is_branch(part)]
    where = ".".join(str(part) for part in location)
    given = detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            names = sorted(_section(model, location[:-1]))
            return Problem(where, "unknown setting", ", ".join(names), nearest(str(location[-1]), names))
        case "missing":
            return Problem(where, "is missing", _meaning(model, location))
        case "literal_error":
            names = [name.strip("'") for name in detail["ctx"]["expected"].replace(" or ", ", ").split(", ")]
            return Problem(where, f"given {given!r}", ", ".join(names), nearest(str(given), names))
        case _:
            allowed = _KINDS.get(detail["type"], _lower(detail["msg"]))
            return Problem(where, f"given {_shown(given)}", allowed + _unquoted(given, allowed))


_KINDS = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "a text",
    "dict_type": "names with values",
    "model_type": "names with values",
    "model_attributes_type": "names with values",
    "tuple_type": "a list",
    "list_type": "a list",
}
"""What a value must be, in plain words; pydantic's own words name Python's types."""


def _unquoted(given: Any, allowed: str) -> str:
    """Say it where the quotes are the mistake."""
    quoted = isinstance(given, str) and re.fullmatch(r"-?\d+(\.\d+)?|true|false", given)
    return ", without quotes" if quoted and allowed in _BARE else ""


_BARE = frozenset({"a whole number", "a number", "true or false"})


def _is_branch(part: int | str) -> bool:
    # pydantic adds the tried branch of a union, such as `constrained-int`, to the path; it is no key of the file
    return isinstance(part, str) and part in {
        "str",
        "int",
        "constrained-int",
        "constrained-str",
        "dict[str,any]",
    }


def _meaning(model: type[BaseModel], path: list[int | str]) -> str:
    """Give what a field is for: the first sentence of its documentation."""
    fields = _section(model, path[:-1])
    text = (fields[str(path[-1])].description or "") if fields else ""
    sentence = text.partition(". ")[0].rstrip(".")
    return sentence[:1].lower() + sentence[1:]


def _section(annotation: Any, path: list[int | str]) -> dict[str, FieldInfo]:
    """Give the settings that exist at a path, walking through sections, mappings and optional values."""
    for part in path:
        annotation = _step(annotation, part)
    section = next((branch for branch in _branches(annotation) if _is_section(branch)), None)
    return dict(section.model_fields) if section else {}


def _step(annotation: Any, part: int | str) -> Any:
    for branch in _branches(annotation):
        if _is_section(branch) and part in branch.model_fields:
            return branch.model_fields[part].annotation
        if get_origin(branch) in {dict, tuple, list}:
            return next(arg for arg in reversed(get_args(branch)) if arg is not Ellipsis)
    return None


def _branches(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) in {Union, UnionType}:
        return get_args(annotation)
    return (annotation,)


def _is_section(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _lower(text: str) -> str:
    return text.removeprefix("Value error, ").removeprefix("Input should be ")
