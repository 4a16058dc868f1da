"""The schema of one installed Pulumi SDK, read class by class as a stack asks for it."""

import importlib.util
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from infra.problems import nearest
from providers.rehearsal.schema.annotations import parse
from providers.rehearsal.schema.source import Getter, SourceFile
from providers.rehearsal.schema.types import Anything, Choice, Fields, Property, Type

_TABLE = re.compile(r'_utilities\.register\(\s*resource_modules="""(?P<modules>.*?)"""', re.DOTALL)
_SECRETS = re.compile(r"additional_secret_outputs=\[([^\]]*)\]")
_REPLACE = re.compile(r"replace_on_changes=\[([^\]]*)\]")
_IMPORT = re.compile(r"\$ pulumi import \S+ \S+ (\S*\{\{\S+)")
_QUOTED = re.compile(r'"([^"]+)"')


class UnknownTokenError(ValueError):
    """A type that the SDK does not have."""


@dataclass(frozen=True, slots=True)
class Resource:
    """All that the SDK says of one resource type."""

    token: str
    inputs: Mapping[str, Property]
    outputs: Mapping[str, Property]
    secrets: frozenset[str]
    """Outputs that the SDK always treats as secret."""
    replace: tuple[str, ...]
    """Property paths whose change replaces the resource, where the SDK names them (azure-native does)."""
    id_format: str = ""
    """How the SDK's documentation writes an id for import, such as `projects/{{project}}/global/networks/{{name}}`."""
    others: bool = False
    """Whether properties that nothing describes may be given, as to a custom resource of Kubernetes."""


@dataclass(frozen=True, slots=True)
class Function:
    """The result of one data source."""

    token: str
    outputs: Mapping[str, Property]


def installed(package: str) -> bool:
    """Whether the SDK of a package is in this environment."""
    return importlib.util.find_spec("pulumi_" + package.replace("-", "_")) is not None


@cache
def sdk(package: str) -> "Sdk":
    """The schema of a package, read once a process."""
    return Sdk(package)


class Sdk:
    """One package, such as `aws`, as installed in this environment.

    Raises:
        ModuleNotFoundError: The package is not installed.
    """

    def __init__(self, package: str) -> None:
        self.package = package
        self.module = "pulumi_" + package.replace("-", "_")
        found = importlib.util.find_spec(self.module)
        if found is None or found.origin is None:
            raise ModuleNotFoundError(
                f"the Pulumi SDK {self.module} is not installed; stacks of {package} need it"
            )
        self.root = Path(found.origin).parent
        self._files: dict[Path, SourceFile] = {}
        self._types: dict[tuple[Path, str], Type] = {}
        self._resources: dict[str, Resource] = {}

    @cached_property
    def version(self) -> str:
        """The provider version that the SDK asks the engine for."""
        return str(json.loads((self.root / "pulumi-plugin.json").read_text(encoding="utf-8"))["version"])

    @cached_property
    def tokens(self) -> Mapping[str, tuple[str, str]]:
        """Every resource type: its Python module and class."""
        table = _TABLE.search((self.root / "__init__.py").read_text(encoding="utf-8"))
        assert table, f"{self.module} has no resource table"
        return {
            token: (module["fqn"], name)
            for module in json.loads(table["modules"])
            for token, name in module["classes"].items()
        }

    def resource(self, token: str) -> Resource:
        """The schema of a resource type.

        Raises:
            UnknownTokenError: The package has no such type; the message names the nearest one.
        """
        if token not in self._resources:
            self._resources[token] = self._read(token)
        return self._resources[token]

    @cached_property
    def config(self) -> Mapping[str, Property]:
        """The inputs of an explicit provider."""
        return self._properties(self._file(self.root / "provider.py"), "ProviderArgs")

    def function(self, token: str) -> Function | None:
        """The result type of a data source, or None when the SDK does not describe it."""
        name = token.rpartition(":")[2]
        module = token.split(":")[1].partition("/")[0]
        folder = self.root if module == "index" else self.root / module
        source = self._file(folder / f"{_snake(name)}.py")
        result = name[0].upper() + name[1:] + "Result"
        outputs = self._properties(source, result) if source.body(result) else None
        return None if outputs is None else Function(token, outputs)

    def _read(self, token: str) -> Resource:
        if token not in self.tokens:
            hint = nearest(token, self.tokens)
            ending = f"; did you mean {hint!r}?" if hint else ""
            raise UnknownTokenError(f"{self.module} {self.version} has no resource type {token!r}{ending}")
        module, name = self.tokens[token]
        source = self._class_file(module, name, token)
        arguments = next(a for a in (f"{name}Args", f"{name}InitArgs") if source.body(a))
        body = source.body(name) or ""
        return Resource(
            token,
            inputs=self._properties(source, arguments),
            outputs=self._properties(source, name),
            secrets=frozenset(_names(_SECRETS, body)),
            replace=tuple(_names(_REPLACE, body)),
            id_format=found[1] if (found := _IMPORT.search(body)) else "",
        )

    def _class_file(self, module: str, name: str, token: str) -> SourceFile:
        folder = self.root.joinpath(*module.split(".")[1:])
        likely = (folder / f"{_snake(name)}.py", folder / f"{name}.py")
        for path in (*likely, *sorted(folder.glob("*.py"))):
            source = self._file(path)
            if f'@pulumi.type_token("{token}")' in source.text:
                return source
        raise UnknownTokenError(f"{self.module} {self.version} lists {token!r} but has no source for it")

    def _file(self, path: Path) -> SourceFile:
        return self._files.setdefault(path, SourceFile(path))

    def _properties(self, source: SourceFile, name: str) -> Mapping[str, Property]:
        return {getter.wire: self._property(source, getter) for getter in source.getters(name) or ()}

    def _property(self, source: SourceFile, getter: Getter) -> Property:
        kind, required = parse(getter.annotation, lambda quoted: self._named(source, quoted))
        return Property(getter.wire, getter.python, kind, required, getter.doc)

    def _named(self, source: SourceFile, quoted: str) -> Type:
        """The type of a quoted class name: an object, or an enum when no object has that name."""
        *path, name = quoted.split(".")
        folder = source.path.parent
        if path and path[0] in source.siblings and path[0] != "outputs":
            folder = source.siblings[path[0]]
            path = path[1:]
        outputs = "outputs" in path or (not name.endswith("Args") and source.path.name == "outputs.py")
        folder = folder.joinpath(*(part for part in path if part != "outputs"))
        key = (folder / ("outputs.py" if outputs else "_inputs.py"), name)
        if key not in self._types:
            self._types[key] = self._load(folder, *key)
        return self._types[key]

    def _load(self, folder: Path, path: Path, name: str) -> Type:
        source = self._file(path)
        if source.body(name) is not None:
            return Fields(name, lambda: self._properties(source, name))
        values = self._file(folder / "_enums.py").enum(name)
        return Choice(values, closed=True) if values else Anything()


def _names(pattern: re.Pattern[str], body: str) -> list[str]:
    found = pattern.search(body)
    return _QUOTED.findall(found[1]) if found else []


def _snake(name: str) -> str:
    """Spell a class name the way the SDK generator names its file."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", spaced).lower()
