"""What all stand-in clouds do alike; each cloud adds its own rules, ids and look-ups."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from providers.base.errors import Problem, ProviderError
from providers.base.values import UNKNOWN, Bag, Path, leaves, plain
from providers.rehearsal import documented, shapes
from providers.rehearsal.account import Account, Record
from providers.rehearsal.fill import Filler, known_texts, promised, stand_in, unknown
from providers.rehearsal.schema import Property, Resource, sdk
from providers.rehearsal.table import Row, Table, load


@dataclass(frozen=True)
class Made:
    """A resource as the cloud would hand it back."""

    id: str
    outputs: Bag
    issued: tuple[str, ...]
    """Texts by which other resources may refer to it."""
    place: str


@dataclass(frozen=True)
class Settings:
    """One provider's configuration: plain texts for templates, and the bag itself."""

    texts: Mapping[str, str] = field(default_factory=dict)
    bag: Bag = field(default_factory=dict)


Invoke = Callable[["Cloud", Bag, Settings], Bag]


class Cloud:
    """One package's stand-in. Subclasses answer for what is particular to their cloud."""

    package: str
    default_name = "name"
    """The property that gets a generated name in most types."""
    exists_error = "AlreadyExists"
    """The cloud's error code for a name that is taken."""
    invokes: Mapping[str, Invoke] = {}

    def __init__(self, account: Account) -> None:
        self.account = account
        self.sdk = sdk(self.package)
        self.table: Table = load(self.package)
        self.planned: set[tuple[str, str]] = set()
        """Type and name of what the preview that runs now would make: a later resource may refer to it by name."""

    # Configuration.

    def configure(self, config: Bag) -> Settings:
        """Read a provider's configuration."""
        texts = {key: value for key, value in plain(config).items() if isinstance(value, str)}
        return Settings(texts, config)

    def config_problems(self, config: Bag) -> Iterator[Problem]:
        """Find settings that the provider does not have."""
        known = {
            name: value for name, value in config.items() if name not in {"version", "pluginDownloadURL"}
        }
        for problem in shapes.check(known, self.sdk.config):
            if "there is no property" in problem.reason:
                yield problem

    # The life of a resource.

    def resource(self, token: str) -> Resource:
        """The schema of a type."""
        return self.sdk.resource(token)

    def named(self, token: str, urn_name: str, seed: bytes, old: Bag, new: Bag) -> Bag:
        """Give the inputs a name when the program left it to the provider; an old one stays."""
        wanted = self.name_property(token)
        if not wanted or wanted not in self.resource(token).inputs or new.get(wanted) is not None:
            return new
        if new.get(f"{wanted}Prefix") is not None:
            return new
        name = old.get(wanted) or self.spell(token, urn_name, _suffix(seed, urn_name))
        return {**new, wanted: name, "__defaults": [wanted]}

    def name_property(self, token: str) -> str:
        """The property that carries a type's own name."""
        name = self.table.row(token).name
        return self.default_name if name is None else name

    def spell(self, token: str, urn_name: str, suffix: str) -> str:
        """Make a name out of the name in the program."""
        del token
        return f"{urn_name}-{suffix}"

    def problems(self, token: str, inputs: Bag, settings: Settings) -> list[Problem]:
        """Everything that is wrong with the inputs, as far as they are known."""
        schema = self.resource(token)
        found = list(shapes.check(inputs, schema.inputs, others=schema.others))
        if found:
            return found
        found += documented.check(plain(inputs), schema.inputs)
        found += self._spelling(token, inputs)
        found += self._values(token, inputs)
        found += self._references(token, inputs)
        found += self.rules(token, plain(inputs), settings)
        return found

    def rules(self, token: str, inputs: Bag, settings: Settings) -> Iterator[Problem]:
        """Rules of this cloud that neither schema nor table can say."""
        del token, inputs, settings
        return iter(())

    def replaces(self, token: str, path: Path) -> bool:
        """Whether a change at a path makes a new resource."""
        name = str(path[0])
        schema, row = self.resource(token), self.table.row(token)
        wanted = schema.inputs.get(name)
        listed_ = self.table.replace.get(token)
        spelt = ".".join(step for step in path if isinstance(step, str))
        if name in (listed_ or ()) or any(f"{spelt}.".startswith(f"{one}.") for one in row.replace):
            return True
        return listed_ is None and wanted is not None and documented.replaces(wanted.doc)

    def deletes_first(self, token: str, old: Bag, new: Bag) -> bool:
        """Whether a replacement must wait for the old one's end: two can't have one name that the program chose."""
        name = self.name_property(token)
        return (
            name in new
            and plain(new.get(name)) == plain(old.get(name))
            and name not in new.get("__defaults", ())
        )

    def foresee(self, token: str, inputs: Bag) -> Bag:
        """What a preview can say of a new resource."""
        name = plain(inputs.get(self.name_property(token)))
        if isinstance(name, str):
            self.planned.add((token, name))
        inside = self.inside(token, inputs, lambda _: UNKNOWN)
        return {**inputs, **promised(self.resource(token).outputs, inputs, unknown), **inside}

    def foresee_update(self, token: str, olds: Bag, news: Bag) -> Bag:
        """What a preview can say of a changed resource."""
        return {**olds, **news, **self._kept(token, olds, news)}

    def make(self, token: str, urn_name: str, inputs: Bag, settings: Settings) -> Made:
        """Compute what the cloud would compute for a new resource."""
        row = self.table.row(token)
        filler = self.filler(token, urn_name, inputs, settings)
        id_ = filler.fill(row.id or self.id_template(token))
        filler.learn("id", id_)
        arn = filler.fill(row.arn)
        filler.learn("arn", arn)
        outputs = {**inputs, **self.computed(token, row, inputs, filler)}
        outputs |= promised(self.resource(token).outputs, outputs, lambda p: self.invent(token, p, filler))
        return Made(id_, outputs, self.identifiers(id_, outputs), self.place(token, outputs, settings))

    def id_template(self, token: str) -> str:
        """The id of a type without a row: its name when it has one, else one made of the resource's own name."""
        return "{name}" if self.name_property(token) in self.resource(token).inputs else "{urn}-{hex8}"

    def collision(self, token: str, inputs: Bag) -> str:
        """Why a resource can't be made beside those that exist; empty when it can."""
        del token, inputs
        return ""

    def filler(self, token: str, urn_name: str, inputs: Bag, settings: Settings) -> Filler:
        """What templates of a resource may ask for."""
        name = plain(inputs.get(self.name_property(token))) or urn_name
        return Filler({**settings.texts, **known_texts(inputs), "name": str(name), "urn": urn_name})

    def computed(self, token: str, row: Row, inputs: Bag, filler: Filler) -> Bag:
        """Computed outputs that the table describes; an input of the same name wins."""
        outputs = self.resource(token).outputs
        wanted = {name: template for name, template in row.outputs.items() if inputs.get(name) is None}
        assert wanted.keys() <= outputs.keys(), f"{token}: no such outputs {wanted.keys() - outputs.keys()}"
        filled = {name: filler.fill(template) for name, template in wanted.items()}
        return {**filled, **self.inside(token, inputs, filler.fill)}

    def inside(self, token: str, inputs: Bag, fill: Callable[[Any], Any]) -> Bag:
        """Objects that the program gives, with the properties in them that the cloud computes."""
        found = {}
        for name, templates in self.table.row(token).inside.items():
            if isinstance(given := inputs.get(name), Mapping):
                new = {key: fill(template) for key, template in templates.items() if given.get(key) is None}
                found[name] = {**given, **new}
        return found

    def invent(self, token: str, wanted: Property, filler: Filler) -> Any:
        """A value for a promised output that the table does not describe."""
        del token, filler
        return stand_in(wanted.name, wanted.type)

    def identifiers(self, id_: str, outputs: Bag) -> tuple[str, ...]:
        """Texts by which others may refer to a resource."""
        del id_, outputs
        return ()

    def place(self, token: str, bag: Bag, settings: Settings) -> str:
        """Where an id is unique."""
        del token, bag, settings
        return ""

    def update(self, record: Record, outputs: Bag, inputs: Bag, settings: Settings) -> Bag:
        """The outputs after an update in place."""
        del settings
        return {**outputs, **inputs, **self._kept(record.token, outputs, inputs)}

    def _kept(self, token: str, old: Bag, new: Bag) -> Bag:
        """Computed properties inside given objects, which an update leaves as they are."""
        found = {}
        for name, templates in self.table.row(token).inside.items():
            if isinstance(before := old.get(name), Mapping) and isinstance(after := new.get(name), Mapping):
                found[name] = {**{key: before[key] for key in templates if key in before}, **after}
        return found

    def holders(self, record: Record) -> list[Record]:
        """The resources that forbid deleting this one."""
        held_by = self.table.row(record.token).held_by
        return [user for user in self.account.users(record) if user.token in held_by] if held_by else []

    def removed(self, record: Record) -> int:
        """Take along what disappears with a deleted resource; give how many."""
        del record
        return 0

    def invoke(self, token: str, args: Bag, settings: Settings) -> Bag:
        """Answer a look-up.

        Raises:
            ProviderError: The stand-in has no answer; a made-up one would mislead the stack.
        """
        answer = self.invokes.get(token)
        if answer is None:
            raise ProviderError(
                f"the rehearsal has no answer to the look-up {token}; it answers {', '.join(sorted(self.invokes))}"
            )
        return answer(self, args, settings)

    # Shared checks.

    def _spelling(self, token: str, inputs: Bag) -> Iterator[Problem]:
        for name, rule in self.table.row(token).spelling.items():
            value = plain(inputs.get(name))
            if isinstance(value, str) and not rule.pattern.fullmatch(value):
                yield Problem((name,), f"{value!r} is not a valid name: {rule.says}")

    def _values(self, token: str, inputs: Bag) -> Iterator[Problem]:
        row = self.table.row(token)
        for path, value in leaves(inputs) if row.bounds or row.choices else ():
            spelt = ".".join(str(step) for step in path if isinstance(step, str))
            if spelt in row.bounds and _number(value) is not None:
                least, most = row.bounds[spelt]
                if not least <= (_number(value) or 0) <= most:
                    yield Problem(path, f"{value!r} is out of bounds: {least} to {most}")
            allowed = row.choices.get(spelt)
            if allowed and isinstance(value, str | int | float) and value not in allowed:
                yield Problem(path, f"{value!r} is not one of {', '.join(map(str, allowed))}")

    def _references(self, token: str, inputs: Bag) -> Iterator[Problem]:
        row = self.table.row(token)
        refers = row.refers
        own_words = {self.name_property(token), "tags", "labels", "description", "__defaults"}
        for path, value in leaves(inputs):
            if not isinstance(value, str) or path[0] in own_words:
                continue
            spelt = ".".join(str(step) for step in path if isinstance(step, str))
            if spelt in refers and not self.account_has(refers[spelt], value):
                yield Problem(path, self._not_there(refers[spelt], value))
            elif spelt not in refers and spelt not in row.brought:
                yield from self.reference(path, value)

    def reference(self, path: Path, value: str) -> Iterator[Problem]:
        """Judge a text that looks like an identifier of this cloud."""
        del path, value
        return iter(())

    def account_has(self, token: str, value: str) -> bool:
        """Whether a resource of a type goes by an identifier."""
        if (token, value) in self.planned or self.account.named(token, value):
            return True
        owner = self.account.owner(value)
        return owner is not None and owner.token == token

    def _not_there(self, token: str, value: str) -> str:
        there = [record.id for record in self.account.of_type(token)][:5]
        kind = token.rpartition(":")[2]
        return (
            f"{value!r} was never issued: the account has no such {kind}; it has {', '.join(there) or 'none'}"
        )


def _number(value: Any) -> float | None:
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def _suffix(seed: bytes, urn_name: str) -> str:
    """Seven hex digits, as bridged providers append; the engine's seed makes them the same in preview and up."""
    return hashlib.sha256(seed or urn_name.encode()).hexdigest()[:7]
