"""The bench: judges each resource before it is created, then the stack as a whole."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from infra.catalog.cost.aws import template
from infra.catalog.cost.charge import Place, Template
from infra.catalog.cost.estimate import estimate
from infra.catalog.cost.ledger import Ledger
from infra.catalog.values import holds_unknown
from policy.judge.exemptions import covering
from policy.judge.finding import Finding
from policy.judge.settings import Setting, settings
from policy.model import places
from policy.model.environment import ENVIRONMENT, Environment
from policy.model.exemption import Exemption
from policy.model.facts import Facts
from policy.model.graph import Graph
from policy.model.labels import team
from policy.model.resource import Resource
from policy.model.rule import Check, Level, OnUnknown, Remedy, Rule
from policy.model.verdicts import Fail, Unverified, Verdict

Answer = TypeVar("Answer")
Selected = tuple[tuple[Rule, Check], ...]


STACK = "pulumi:pulumi:Stack"
"""The type of the root of every stack."""
_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_POOL = "aws:eks/nodeGroup:NodeGroup"


class BrokenRuleError(RuntimeError):
    """A rule raised an exception: nothing has been judged, so the run must stop."""


class Bench:
    """Judges one run of the engine. `before_create` comes once a resource, `whole_stack` once at the end.

    A check that can't decide in a preview is put off: it is asked again when the stack is complete and unknown values
    can be followed to their sources. What hangs on a value that only the update knows then waits for that update, which
    judges it before the create; a rule that fails on unknowns does not wait. In an update there is no later: what is
    unverified then counts at once.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        *,
        exemptions: Sequence[Exemption] = (),
        environment: Environment | None = None,
        options: Mapping[str, Mapping[str, Any]] | None = None,
        levels: Mapping[str, Level] | None = None,
        preview: bool = False,
        today: dt.date | None = None,
    ) -> None:
        self.rules = tuple(rules)
        self.exemptions = tuple(exemptions)
        self.settings: Mapping[str, Setting] = settings(rules, options or {}, levels or {})
        self.used: dict[Exemption, int] = {}
        self.facts = Facts(
            environment=environment,
            preview=preview,
            ledger=Ledger(),
            today=today or dt.datetime.now(tz=dt.UTC).date(),
        )
        self.waiting: list[tuple[Rule, str]] = []
        """Rules and URNs that a preview leaves to the update, which judges them before the create."""
        self._by_rule: dict[str, tuple[Facts, Facts]] = {}
        self._seen: dict[str, Resource] = {}
        self._templates: dict[str, Template] = {}
        self._put_off: set[tuple[str, str]] = set()
        self._select_at_create = _selector(self.rules, lambda rule: rule.at_create)
        self._select_in_stack = _selector(self.rules, lambda rule: rule.in_stack)

    def before_create(self, resource: Resource) -> list[Finding]:
        """Judge a resource by its own inputs, before the engine creates or changes it."""
        self._meet(resource)
        findings = []
        for rule, check in self._active(self._select_at_create(resource.type)):
            verdict = self._guarded(rule, check, resource)
            if isinstance(verdict, Unverified) and self.facts.preview:
                self._put_off.add((rule.name, resource.urn))
            else:
                findings += self._found(rule, resource, verdict)
        return findings

    def whole_stack(self, resources: Iterable[Resource]) -> list[Finding]:
        """Judge the stack as a graph, and what was put off."""
        known = [self._with_inputs(resource) for resource in resources]
        strangers = {resource.urn for resource in known if resource.urn not in self._seen}
        for resource in known:
            if resource.urn in strangers:
                self._meet(resource)
        self.facts = dataclasses.replace(self.facts, graph=Graph(known))
        self._price_pools()
        findings = [found for one in known if one.type != STACK for found in self._judge(one, strangers)]
        self.facts = dataclasses.replace(self.facts, idle=tuple(self.unused()))
        # the stack itself comes last: its rules look at sums, and at exemptions that nothing needed
        return findings + [
            found for one in known if one.type == STACK for found in self._judge(one, strangers)
        ]

    def remedied(self, rule: Rule, remedy: Remedy, resource: Resource) -> Mapping[str, Any]:
        """Ask a remedy what it would change; what hangs on unknown values is left alone."""
        better = self._guarded(rule, remedy, resource)
        tops = {path.split(".", 1)[0].split("[", 1)[0] for path in resource.secrets}
        # a remedy sees secrets open: what it would write back beside one is left alone
        return {} if holds_unknown(better) or tops & set(better) else better

    def unused(self) -> list[Exemption]:
        """List the exemptions that no finding of this run needed."""
        return [exemption for exemption in self.exemptions if exemption not in self.used]

    def _meet(self, resource: Resource) -> None:
        self._seen[resource.urn] = resource
        if resource.type == ENVIRONMENT:
            self.facts = dataclasses.replace(self.facts, environment=Environment.parse(resource))
        if resource.type == _TEMPLATE:
            self._templates[resource.urn] = template(resource.props)
        self._price(resource, tuple(self._templates.values()))

    def _price(self, resource: Resource, templates: tuple[Template, ...]) -> None:
        environment = self.facts.environment
        own = environment.budget.own if environment else None
        place = Place(places.region(resource, environment), templates, own)
        lines = estimate(resource.type, resource.props, place)
        self.facts.ledger.enter(resource.urn, lines, team(resource, self.facts.environment))

    def _price_pools(self) -> None:
        """Price pools by the very launch templates that they use, now that all are known."""
        for pool in self.facts.graph.of(_POOL):
            used = self.facts.graph.referred(pool, "launchTemplate.id", _TEMPLATE)
            found = tuple(self._templates[one.urn] for one in used if one.urn in self._templates)
            self._price(pool, found or tuple(self._templates.values()))

    def _with_inputs(self, resource: Resource) -> Resource:
        # the engine shows outputs at the end; rules are written against inputs, which were seen before the create
        before = self._seen.get(resource.urn)
        if before is None:
            return dataclasses.replace(resource, outputs=resource.props)
        return dataclasses.replace(
            resource,
            props=before.props,
            secrets=before.secrets,
            outputs=resource.props,
            options=before.options,
        )

    def _judge(self, resource: Resource, strangers: Collection[str]) -> Iterable[Finding]:
        for rule, check in self._active(self._select_at_create(resource.type)):
            put_off = (rule.name, resource.urn) in self._put_off
            if put_off or resource.urn in strangers:
                verdict = self._guarded(rule, check, resource)
                if put_off and self._can_wait(rule, resource, verdict):
                    self.waiting.append((rule, resource.urn))
                else:
                    yield from self._found(rule, resource, verdict)
        for rule, check in self._active(self._select_in_stack(resource.type)):
            yield from self._found(rule, resource, self._guarded(rule, check, resource))

    def _can_wait(self, rule: Rule, resource: Resource, verdict: Verdict) -> bool:
        """Tell whether the update will know what a verdict hangs on, and nothing is risked until then."""
        if not isinstance(verdict, Unverified) or self.settings[rule.name].on_unknown is OnUnknown.FAIL:
            return False
        top = verdict.path.partition(".")[0].partition("[")[0]
        return bool(top) and holds_unknown(resource.get(top))

    def _active(self, selected: Selected) -> Iterable[tuple[Rule, Check]]:
        return (pair for pair in selected if self.settings[pair[0].name].level is not Level.DISABLED)

    def _guarded(
        self, rule: Rule, question: Callable[[Resource, Facts], Answer], resource: Resource
    ) -> Answer:
        try:
            return question(resource, self._facts_of(rule))
        except Exception as error:
            raise BrokenRuleError(
                f"the rule {rule.name} broke on {resource.urn}: {type(error).__name__}: {error}; "
                "a rule that breaks has judged nothing, so the run stops here"
            ) from error

    def _facts_of(self, rule: Rule) -> Facts:
        """Give the facts with the rule's own options; made once as long as the facts stay."""
        known = self._by_rule.get(rule.name)
        if known is None or known[0] is not self.facts:
            options = self.settings[rule.name].options
            known = self._by_rule[rule.name] = (self.facts, dataclasses.replace(self.facts, options=options))
        return known[1]

    def _found(self, rule: Rule, resource: Resource, verdict: Verdict) -> list[Finding]:
        if not isinstance(verdict, Fail | Unverified):
            return []
        level = self._level(rule, verdict)
        exemption = covering(self.exemptions, rule.name, resource.urn)
        if exemption:
            self.used[exemption] = self.used.get(exemption, 0) + 1
            level = Level.ADVISORY
        return [Finding(rule, resource.urn, verdict, level, exemption)]

    def _level(self, rule: Rule, verdict: Fail | Unverified) -> Level:
        setting = self.settings[rule.name]
        if isinstance(verdict, Unverified) and setting.on_unknown is OnUnknown.WARN:
            return Level.ADVISORY
        return Level.ADVISORY if setting.level is Level.ADVISORY else Level.MANDATORY


def _selector(
    rules: Sequence[Rule], checks: Callable[[Rule], Mapping[str, Check]]
) -> Callable[[str], Selected]:
    """Give a function from a type to its checks, in the order of the rules; `*` stands for every type."""
    tables = [(rule, table) for rule in rules if (table := checks(rule))]

    @cache
    def select(kind: str) -> Selected:
        return tuple((rule, table[name]) for rule, table in tables for name in (kind, "*") if name in table)

    return select
