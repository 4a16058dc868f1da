"""The JSON Schema of a stack file, with the options of the workloads that stacks know."""

import dataclasses
from typing import Any, get_type_hints

from pydantic import Field, create_model

from infra.docstrings import field_docs
from infra.settings import json_schema
from workloads.pretrain.spec import PretrainSpec
from workloads.serve.spec import ServeSpec

WORKLOADS: dict[str, type] = {"training": PretrainSpec, "serving": ServeSpec}
"""The description behind the `options` of each section."""


def stack_file_schema() -> dict[str, Any]:
    """Give the schema that `stacks/causeway.schema.json` holds."""
    return json_schema({section: _options(spec) for section, spec in WORKLOADS.items()})


def _options(spec: type) -> dict[str, Any]:
    hints, docs = get_type_hints(spec), field_docs(spec)
    fields: dict[str, Any] = {
        field.name: (hints[field.name], Field(default=_default(field), description=docs.get(field.name)))
        for field in dataclasses.fields(spec)
        if field.init
    }
    model = create_model(spec.__name__, **fields)
    return {"properties": model.model_json_schema()["properties"], "additionalProperties": False}


def _default(field: dataclasses.Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default
