"""The JSON Schema of a stack file, with the options of the workloads and pools that stacks know."""

import dataclasses
from collections.abc import Mapping
from typing import Any, get_type_hints

from pydantic import Field, create_model

from infra.docstrings import field_docs
from infra.settings import json_schema
from workloads.pretrain.spec import BOUNDS, PretrainSpec
from workloads.serve.spec import LEAST, ServeSpec

Schema = Mapping[str, Any]

WORKLOADS: Mapping[str, tuple[type, Mapping[str, Schema]]] = {
    "training": (PretrainSpec, {name: bound.schema for name, bound in BOUNDS.items()}),
    "serving": (ServeSpec, {name: {"minimum": least} for name, least in LEAST.items()}),
}
"""The description behind the `options` of each section, and what its parser wants of a value beside the type."""


def stack_file_schema(pools: Mapping[str, Schema] | None = None) -> dict[str, Any]:
    """Give the schema that `stacks/causeway.schema.json` holds.

    Args:
        pools: What the `options` of a pool may be, by platform, from whoever may load every platform's file.
            Default: anything.
    """
    options = {section: _options(spec, bounds) for section, (spec, bounds) in WORKLOADS.items()}
    return json_schema(options, pools)


def _options(spec: type, bounds: Mapping[str, Schema]) -> dict[str, Any]:
    hints, docs = get_type_hints(spec), field_docs(spec)
    fields: dict[str, Any] = {
        field.name: (hints[field.name], Field(default=_default(field), description=docs.get(field.name)))
        for field in dataclasses.fields(spec)
        if field.init
    }
    properties = create_model(spec.__name__, **fields).model_json_schema()["properties"]
    bounded = {name: {**known, **bounds.get(name, {})} for name, known in properties.items()}
    return {"properties": bounded, "additionalProperties": False}


def _default(field: dataclasses.Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default
