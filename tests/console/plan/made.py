"""Previews as the engine would record them, made by hand: small, exact, and free of clocks."""

from collections.abc import Mapping
from typing import Any

from console.plan.recording import Recording

URN = "urn:pulumi:test::causeway::"
STACK = f"{URN}pulumi:pulumi:Stack::causeway-test"
POOL = "aws:eks/nodeGroup:NodeGroup"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
P5 = 55.04
"""USD an hour of p5.48xlarge in us-east-1: the row of 2026-09-06."""


def urn(kind: str, name: str) -> str:
    """Name a resource."""
    return f"{URN}{kind}::{name}"


def state(kind: str, name: str, inputs: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Give one side of a step as events have it."""
    return {
        "type": kind,
        "urn": urn(kind, name),
        "custom": not kind.startswith(("causeway:", "pulumi:")),
        "parent": STACK,
        "inputs": dict(inputs or {}),
        "outputs": {},
        "provider": "",
        **more,
    }


def step(op: str, old: dict[str, Any] | None, new: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    """Give an event about one resource."""
    side = new or old
    assert side
    metadata = {"op": op, "urn": side["urn"], "type": side["type"], "old": old, "new": new, **more}
    return {"resourcePreEvent": {"metadata": metadata}}


def created(kind: str, name: str, inputs: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Give an event about a new resource."""
    return step("create", None, state(kind, name, inputs, **more))


def environment(cap: float = 400_000, region: str = "us-east-1") -> dict[str, Any]:
    """Give the record of an environment that stays as it is."""
    promises = {
        "platform": "aws",
        "region": region,
        "dataClasses": {"public": {"jurisdictions": ["any"]}},
        "budget": {"monthlyUsd": cap},
        "team": "research",
    }
    record = state("causeway:index:Environment", "test", promises)
    return step("same", record, record)


def pool(
    nodes: int, *, low: int | None = None, high: int | None = None, machine: str = "p5.48xlarge"
) -> dict[str, Any]:
    """Give the inputs of a pool."""
    scaling = {
        "desiredSize": nodes,
        "minSize": nodes if low is None else low,
        "maxSize": nodes if high is None else high,
    }
    return {"instanceTypes": [machine], "scalingConfig": scaling}


def finding(
    rule: str, text: str, name: str, level: str = "mandatory", severity: str = "high"
) -> dict[str, Any]:
    """Give an event about a verdict."""
    return {
        "policyEvent": {
            "resourceUrn": urn(POOL, name),
            "message": text,
            "policyName": rule,
            "policyPackName": "causeway",
            "enforcementLevel": level,
            "severity": severity,
        }
    }


def judged(usd: str, rules: tuple[str, ...] = ("one", "two")) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give what the judges say at the end."""
    text = f"policies: 69 rules, 0 findings; none exempted; {usd} USD a month ({usd} to {usd}); 0 unpriced\n"
    return (
        {"policyAnalyzeSummaryEvent": {"passed": list(rules), "failed": []}},
        {"diagnosticEvent": {"message": text, "severity": "info"}},
    )


def growth(before: int = 8, after: int = 9) -> Recording:
    """Record a pool that gets more nodes, and one that stays as it is."""
    steady = state(POOL, "serve", pool(2, low=1, high=6, machine="g6.xlarge"))
    return Recording(
        (
            environment(),
            step("same", steady, steady),
            step(
                "update",
                state(POOL, "train", pool(before)),
                state(POOL, "train", pool(after)),
                detailedDiff={"scalingConfig.desiredSize": {"kind": "update"}},
            ),
        )
    )
