"""One source file of a generated SDK: cut classes out of it and read their getters."""

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# Generated code is regular: a getter decorator, a def whose annotation fills the line, then a docstring.
_GETTER = re.compile(
    r'    @pulumi\.getter(?:\(name="(?P<wire>[^"]+)"\))?\n'
    r'(?:    @_utilities\.deprecated\("""(?:.|\n)*?"""\)\n)?'
    r"    def (?P<python>\w+)\(self\) -> (?P<type>.+):\n"
    r'(?:        """\n(?P<doc>(?:.|\n)*?)        """\n)?'
)
_TOP = re.compile(r"^(?:class (?P<name>\w+)|@pulumi|def )", re.MULTILINE)
_ALIAS = re.compile(r"^from (\.+)(\w*) import (\w+)(?: as (\w+))?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Getter:
    """One property as the source writes it."""

    wire: str
    python: str
    annotation: str
    doc: str


class SourceFile:
    """A module of a generated SDK, read as text."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def text(self) -> str:
        """The whole source, or the empty string when there is no such file."""
        return self.path.read_text(encoding="utf-8") if self.path.is_file() else ""

    @cached_property
    def siblings(self) -> dict[str, Path]:
        """Folders that relative imports bind to a name, such as `_meta` in Kubernetes modules."""
        found = {}
        for dots, inner, name, alias in _ALIAS.findall(self.text):
            folder = self.path.parent
            for _ in range(len(dots) - 1):
                folder = folder.parent
            found[alias or name] = folder / inner / name if inner else folder / name
        return found

    @cached_property
    def classes(self) -> dict[str, tuple[int, int]]:
        """Where each top-level class begins and ends in the text."""
        starts = [(found.start(), found["name"]) for found in _TOP.finditer(self.text)]
        ends = [*(start for start, _ in starts[1:]), len(self.text)]
        return {name: (start, end) for (start, name), end in zip(starts, ends, strict=True) if name}

    def body(self, name: str) -> str | None:
        """The text of a top-level class, or None when the file has no such class."""
        if name not in self.classes:
            return None
        start, end = self.classes[name]
        return self.text[start:end]

    def getters(self, name: str) -> list[Getter] | None:
        """The properties of a class in the order of the source, or None when the file has no such class."""
        body = self.body(name)
        if body is None:
            return None
        return [
            Getter(
                found["wire"] or found["python"], found["python"], found["type"], _flat(found["doc"] or "")
            )
            for found in _GETTER.finditer(body)
        ]

    def enum(self, name: str) -> tuple[str | float | bool, ...] | None:
        """The values of an enum class, or None when the file has no such class."""
        body = self.body(name)
        if body is None:
            return None
        class_node = ast.parse(body).body[0]
        assert isinstance(class_node, ast.ClassDef)
        return tuple(
            node.value.value
            for node in class_node.body
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str | int | float | bool)
        )


def _flat(doc: str) -> str:
    return " ".join(doc.split())
