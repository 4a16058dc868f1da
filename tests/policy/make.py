"""Builders of resources and of whole judgements for the tables of the tests."""

from collections.abc import Iterable, Mapping
from typing import Any

from policy.judge.bench import Bench
from policy.judge.finding import Finding
from policy.model.environment import ENVIRONMENT
from policy.model.resource import Options, Provider, Resource
from policy.rules import load

STACK = "pulumi:pulumi:Stack"

PROMISES: Mapping[str, Any] = {
    "stack": "test",
    "platform": "local",
    "jurisdiction": "eu",
    "dataClasses": {
        "public": {},
        "corpus": {"jurisdictions": ["eu"], "rotationDays": 90},
        "patients": {"jurisdictions": ["eu"], "rotationDays": 30, "personal": True},
    },
    "budget": {"monthlyUsd": 1000},
    "labels": {"team": "research", "owner": "ada", "cost-center": "r-1"},
}
"""An environment in the European Union with three data classes and a cap of 1,000 USD a month."""


OWNED: Mapping[str, str] = {"owner": "ada", "team": "research", "cost-center": "r-1"}
"""The labels that every resource needs."""


def resource(
    kind: str,
    name: str,
    /,
    *,
    given: Mapping[str, Any] | None = None,
    from_: Mapping[str, Resource] | None = None,
    region: str = "",
    protect: bool = False,
    secrets: Iterable[str] = (),
    **props: Any,
) -> Resource:
    """Make a resource; `from_` says from which resource a property's value comes, `region` sets its provider's."""
    sources = from_ or {}
    package = kind.split(":", 1)[0]
    return Resource(
        urn=f"urn:pulumi:test::causeway::{kind}::{name}",
        type=kind,
        name=name,
        props={**props, **(given or {})},
        options=Options(protect=protect),
        provider=Provider(f"pulumi:providers:{package}", package, {"region": region}) if region else None,
        dependencies=tuple(source.urn for source in sources.values()),
        property_dependencies={key: (source.urn,) for key, source in sources.items()},
        secrets=frozenset(secrets),
    )


def environment(**changes: Any) -> Resource:
    """Make the environment's component, with changes to the promises above."""
    return resource(ENVIRONMENT, "environment", given={**PROMISES, **changes})


def bench(**settings: Any) -> Bench:
    """Seat every rule of the pack."""
    return Bench(load(), **settings)


def judged(resources: Iterable[Resource], judge: Bench | None = None) -> list[Finding]:
    """Show resources to the bench as the engine does: each before its create, then all together."""
    judge = judge or bench(preview=True)
    stack = [resource(STACK, "causeway-test"), *resources]
    early = [finding for one in stack for finding in judge.before_create(one)]
    return early + judge.whole_stack(stack)


def named(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """Give rule and resource of each finding, for comparison."""
    return [(finding.rule.name, finding.urn.rsplit("::", 1)[-1]) for finding in findings]
