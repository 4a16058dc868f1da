"""The plan: everything that its pages show, frozen, without times of day or paths of a machine."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.catalog.cost.line import Span


@dataclass(frozen=True)
class Edit:
    """One property that changes."""

    path: str
    before: str
    """As text, shortened; empty when it was not there."""
    after: str


@dataclass(frozen=True)
class Change:
    """One resource that does not stay as it is."""

    urn: str
    name: str
    kind: str
    """The readable end of its type."""
    verb: str
    """create, update, replace, delete or import."""
    component: str
    """The part of the stack that it belongs to."""
    source: str
    """`path:line` of its declaration; empty when unknown."""
    reasons: tuple[str, ...]
    """Of a replacement: the properties that can't change in place."""
    edits: tuple[Edit, ...]
    dependents: tuple[str, ...]
    """Of a replacement or deletion: names of what depends on it, near and far."""
    protected: bool
    advice: str
    """What to do when this was not meant; empty where nothing is lost."""


@dataclass(frozen=True)
class CostRow:
    """One item of one resource, before and after."""

    urn: str
    name: str
    component: str
    item: str
    """What is paid for, such as `p5.48xlarge`."""
    region: str
    unit: str
    unit_usd: float
    """USD for one unit."""
    quantity: tuple[float, float]
    """Units a month before and after, as declared."""
    before: Span
    """USD a month."""
    after: Span
    """USD a month."""
    source: tuple[str, ...]
    as_of: str
    basis: str = ""
    """Which price it is, where that is not the list price of what is bought. Empty: it is."""

    @property
    def delta(self) -> float:
        """What it adds to the bill, in USD a month."""
        return self.after.expected - self.before.expected


@dataclass(frozen=True)
class Gap:
    """Something that costs, but whose price is not known."""

    name: str
    item: str
    reason: str
    guide: float | None
    """USD a month at the dearest price known elsewhere."""


@dataclass(frozen=True)
class Use:
    """Something that is paid by use, which no input declares."""

    name: str
    item: str
    unit: str
    unit_usd: float | None


@dataclass(frozen=True)
class Bill:
    """What the stack costs a month of 730 hours, before and after."""

    before: Span
    after: Span
    rows: tuple[CostRow, ...]
    """Every priced item, the largest difference first."""
    unpriced: tuple[Gap, ...]
    undecided: tuple[Gap, ...]
    """What can't be priced before a property is known."""
    uses: tuple[Use, ...]
    judged: float | None
    """The expected sum that the budget rules said they judged; None: they were not asked."""
    cap: float | None
    """The stack's cap in USD a month; None: none is set."""
    strays: tuple[str, ...] = ()
    """What is held back from the cap for nothing, a sentence each."""

    @property
    def delta(self) -> float:
        """What the change adds, in USD a month, as declared."""
        return self.after.expected - self.before.expected

    @property
    def changed(self) -> tuple[CostRow, ...]:
        """The items whose cost changes."""
        return tuple(row for row in self.rows if row.before != row.after)


@dataclass(frozen=True)
class Verdict:
    """One rule, one resource, and what is wrong."""

    rule: str
    says: str
    """The rule as a sentence."""
    severity: str
    mandatory: bool
    """It stops the run."""
    unverified: bool
    """It could not be checked."""
    urn: str
    name: str
    what: str
    why: str
    fix: str
    controls: str
    """The frameworks' controls that it serves."""
    docs: str
    """Where the rule is explained."""
    exemption: str
    """Who answers for it until when, and why; empty: nobody."""
    source: str
    """`path:line` where the program declares the resource, or the stack file."""


@dataclass(frozen=True)
class Need:
    """Machines of one type that the stack runs in one region."""

    region: str
    machine: str
    capacity: str
    """on-demand, spot, reserved, capacity-block, flex-start or static; `spot or on-demand` where either may come."""
    accelerator: str
    """Such as `h100`; empty for a host."""
    nodes: Span
    before: float
    """Nodes before the change."""
    accelerators: Span
    vcpus: Span | None
    """The clouds' quotas of machines count these. None: the fact table does not have them."""
    hours: float
    """Accelerator-hours a month, as declared."""
    quota: int | None
    """Accelerators that the settings declare as granted there; None: they declare none."""

    @property
    def short(self) -> int:
        """How many accelerators are missing when every pool is at its largest."""
        return 0 if self.quota is None else max(0, round(self.accelerators.high) - self.quota)


@dataclass(frozen=True)
class Leaf:
    """One resource of a component."""

    name: str
    kind: str
    verb: str
    """Also `same` and `read`."""
    monthly: float
    """USD a month after the change, as priced."""


@dataclass(frozen=True)
class Node:
    """One component of the stack."""

    name: str
    kind: str
    counts: Mapping[str, int]
    """Resources by verb."""
    monthly: float
    needs: tuple[str, ...]
    """Titles of the components that it depends on."""
    leaves: tuple[Leaf, ...]

    @property
    def title(self) -> str:
        """What no other component of the stack is called."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Plan:
    """What an `up` would do."""

    stack: str
    about: str
    """What was compared with what."""
    rehearsed: bool
    """Stand-in clouds answered; no account was read."""
    counts: Mapping[str, int]
    """Resources by verb, without `same`."""
    unchanged: int
    changes: tuple[Change, ...]
    bill: Bill
    verdicts: tuple[Verdict, ...]
    """Those that stop the run first."""
    rules: int
    """How many rules judged."""
    needs: tuple[Need, ...]
    components: tuple[Node, ...]
    exemptions: Mapping[str, int]
    """Exemptions that were used, and how often."""
    waiting: Mapping[str, tuple[str, ...]]
    """Resources by the rule that judges them before their create, when the update knows what the preview can't."""
    errors: tuple[str, ...]
    """What the engine complained of, besides policies."""

    @property
    def stops(self) -> tuple[Verdict, ...]:
        """The verdicts that stop the run."""
        return tuple(verdict for verdict in self.verdicts if verdict.mandatory)

    @property
    def unverified(self) -> int:
        """How many verdicts could not be checked."""
        return sum(verdict.unverified for verdict in self.verdicts)

    @property
    def lost(self) -> tuple[Change, ...]:
        """What is replaced or deleted."""
        return tuple(change for change in self.changes if change.verb in {"replace", "delete"})
