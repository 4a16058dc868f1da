"""One row of a rule's table: a named resource that keeps the rule or breaks it, with what stands around it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from infra.catalog import values
from infra.catalog.values import UNKNOWN, Found
from policy.judge.bench import Bench
from policy.model.exemption import Exemption
from policy.model.resource import Resource
from policy.model.rule import Rule
from policy.rules import load
from tests.policy import sdk
from tests.policy.make import STACK, environment, resource

RULES: Mapping[str, Rule] = {rule.name: rule for rule in load()}


class Watched(Resource):
    """A resource that refuses to be asked for a property that its SDK does not have."""

    @classmethod
    def of(cls, one: Resource) -> Resource:
        """Watch a resource of a cloud; others have no SDK."""
        if one.type.split(":", 1)[0] not in sdk.PACKAGES:
            return one
        return cls(**{name: getattr(one, name) for name in one.__dataclass_fields__})

    def find(self, path: str) -> Iterator[Found]:
        """Check the path, then give what is there."""
        assert path.split(".", 1)[0] in PROBED or sdk.has(self.type, path), f"{self.type} has no {path}"
        return values.find(self.props, path)

    def get(self, path: str) -> Any:
        """Check the path, then give what is there."""
        return next((found.value for found in self.find(path)), None)


PROBED = {
    "tags",
    "tagsAll",
    "labels",
    "userLabels",
    "resourceLabels",
    "metadata",
    "region",
    "location",
    "zone",
    "availabilityZone",
}
"""Labels and places are looked for wherever a type might keep them."""


@dataclass(frozen=True)
class Case:
    """What the bench should say about the last resource of a list."""

    rule: str
    verdict: str
    """`keeps`, `breaks` or `unsure`."""
    name: str
    """What is special about the resource, in a few words."""
    resources: tuple[Resource, ...]
    environment: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    exemptions: tuple[Exemption, ...] = ()

    def judge(self) -> str:
        """Ask the one rule about the stack and give its word on the last resource."""
        bench = Bench(
            [RULES[self.rule]], options={self.rule: self.options}, exemptions=self.exemptions, preview=True
        )
        watched = [Watched.of(one) for one in self.resources]
        stack = [resource(STACK, "stack"), environment(**self.environment), *watched]
        findings = [finding for one in stack for finding in bench.before_create(one)] + bench.whole_stack(
            stack
        )
        about = [finding for finding in findings if finding.urn == self.resources[-1].urn]
        assert len(about) <= 1, f"more than one finding of one rule on one resource: {about}"
        if not about:
            return "unsure" if self.resources[-1].urn in {urn for _, urn in bench.waiting} else "keeps"
        return "unsure" if about[0].text().count("unverified: ") else "breaks"


def keeps(rule: str, name: str, *resources: Resource, **around: Any) -> Case:
    """Expect no finding on the last resource."""
    return Case(rule, "keeps", name, resources, **around)


def breaks(rule: str, name: str, *resources: Resource, **around: Any) -> Case:
    """Expect a failure on the last resource."""
    return Case(rule, "breaks", name, resources, **around)


def unsure(rule: str, name: str, *resources: Resource, **around: Any) -> Case:
    """Expect an unverified finding on the last resource."""
    return Case(rule, "unsure", name, resources, **around)


def table(cases: Sequence[Case]) -> pytest.MarkDecorator:
    """Run a test once a row, under a name that says what is expected of what."""
    return pytest.mark.parametrize(
        "case",
        cases,
        ids=[f"{case.rule}: {case.verdict}: {case.resources[-1].type}: {case.name}" for case in cases],
    )


__all__ = ["RULES", "UNKNOWN", "Case", "breaks", "keeps", "resource", "table", "unsure"]
