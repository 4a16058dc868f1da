"""YAML that a person wrote: aliases may repeat a value, but not until it no longer fits into memory.

A few lines of aliases to aliases stand for billions of values ("billion laughs"), which whoever walks them writes out.
"""

from typing import Any

import yaml

LARGEST = 100_000
"""Characters that aliases may add to a document; no settings come near."""

Loader = type[yaml.SafeLoader] | type[yaml.CSafeLoader]


class RepeatedError(yaml.MarkedYAMLError):
    """Aliases repeat a value without end, or too often."""


def compose(text: str, loader: Loader = yaml.SafeLoader) -> yaml.Node | None:
    """Give a document as nodes; None when it is empty.

    Raises:
        RepeatedError: Its aliases come to too much, or a value holds itself.
        YAMLError: It is not YAML.
    """
    root = yaml.compose(text, Loader=loader)
    if root is not None:
        _Sizes().of(root)
    return root


def load(text: str, loader: Loader = yaml.SafeLoader) -> Any:
    """Give a document as plain values; None when it is empty.

    Raises:
        RepeatedError: Its aliases come to too much, or a value holds itself.
        YAMLError: It is not YAML, or has a tag that stands for no plain value.
    """
    root = compose(text, loader)
    return None if root is None else values(root)


def values(node: yaml.Node) -> Any:
    """Give a node's plain value.

    Raises:
        YAMLError: It has a tag that stands for no plain value.
    """
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()


class _Sizes:
    """Counts characters as if every alias were written out, and each node's own once."""

    def __init__(self) -> None:
        self._known: dict[int, int] = {}
        self._added = 0

    def of(self, node: yaml.Node) -> int:
        """Give a node's size; one that was not counted before."""
        self._known[id(node)] = 0  # while its parts are counted
        size = 1 + (len(node.value) if isinstance(node, yaml.ScalarNode) else 0)
        for part in _parts(node):
            size += self._again(part, node) if id(part) in self._known else self.of(part)
        self._known[id(node)] = size
        return size

    def _again(self, node: yaml.Node, place: yaml.Node) -> int:
        size = self._known[id(node)]
        self._added += size
        if not size:
            raise RepeatedError(
                problem="an alias stands for the value that it is in", problem_mark=place.start_mark
            )
        if self._added > LARGEST:
            text = f"aliases repeat values until they have more than {LARGEST:,} characters: write out what is needed"
            raise RepeatedError(problem=text, problem_mark=place.start_mark)
        return size


def _parts(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
