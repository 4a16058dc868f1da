"""Turn an annotation of a generated SDK into a type.

The SDKs write a small language: `pulumi.Input[Optional[Sequence[pulumi.Input['XArgs']]]]`, where a quoted name is
a nested class of the same module, of `outputs`, or of a sibling module (`_meta.v1.ObjectMetaArgs`).
"""

import ast
from collections.abc import Callable
from functools import cache

from providers.rehearsal.schema.types import Anything, Choice, Either, ListOf, MapOf, Scalar, Type

_SCALARS = {
    "str": Scalar("string"),
    "int": Scalar("integer"),
    "float": Scalar("number"),
    "bool": Scalar("boolean"),
    "Asset": Scalar("asset"),
    "Archive": Scalar("asset"),
}


def parse(annotation: str, resolve: Callable[[str], Type]) -> tuple[Type, bool]:
    """Read an annotation: its type, and whether a value is required (no `Optional`).

    `resolve` gives the type of a quoted class name.
    """
    node, wrapped = _strip(_tree(annotation), "Input", "Output")
    inner, optional = _strip(node, "Optional")
    if not wrapped:
        inner, _ = _strip(inner, "Input", "Output")
    return _type(inner, resolve), not optional


@cache
def _tree(annotation: str) -> ast.expr:
    return ast.parse(annotation, mode="eval").body


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _strip(node: ast.expr, *names: str) -> tuple[ast.expr, bool]:
    if isinstance(node, ast.Subscript) and _name(node.value) in names:
        return node.slice, True
    return node, False


def _type(node: ast.expr, resolve: Callable[[str], Type]) -> Type:
    node, _ = _strip(node, "Input", "Output")
    node, _ = _strip(node, "Optional")
    node, _ = _strip(node, "Input", "Output")
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return resolve(node.value)
    if isinstance(node, ast.Subscript):
        return _generic(_name(node.value), node.slice, resolve)
    return _SCALARS.get(_name(node), Anything())


def _generic(outer: str, inner: ast.expr, resolve: Callable[[str], Type]) -> Type:
    arguments = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if outer in {"Sequence", "List", "list"}:
        return ListOf(_type(arguments[0], resolve))
    if outer in {"Mapping", "Dict", "dict"}:
        return MapOf(_type(arguments[-1], resolve))
    if outer == "Literal":
        return Choice(tuple(a.value for a in arguments if isinstance(a, ast.Constant)), closed=True)  # type: ignore[misc]  # a Literal holds plain values
    if outer == "Union":
        return _union([_type(a, resolve) for a in arguments])
    return Anything()


def _union(options: list[Type]) -> Type:
    """A string beside an enum is an open choice; the rest of a union is any one of its members."""
    choices = [o for o in options if isinstance(o, Choice)]
    if choices and Scalar("string") in options and len(options) == len(choices) + 1:
        return Choice(choices[0].values, closed=False)
    return Either(tuple(options))
