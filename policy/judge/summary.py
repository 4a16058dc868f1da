"""One line about a run: how much was judged, what was exempted, what it costs."""

import contextlib
from collections.abc import Sequence

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from policy.judge.bench import Bench
from policy.judge.finding import Finding
from policy.model.verdicts import Unverified

_PATIENCE = 2.0  # seconds for the engine to take one line


def summary(bench: Bench, findings: Sequence[Finding]) -> str:
    """Say what a run came to."""
    total = bench.facts.ledger.total()
    unverified = sum(isinstance(finding.verdict, Unverified) for finding in findings)
    exempted = sum(bench.used.values())
    found = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}"
    parts = [
        f"{len(bench.rules)} rules, {found}, of them {unverified} unverified",
        f"{exempted} exempted by {len(bench.used)} exemptions" if exempted else "none exempted",
        f"{total.expected:,.2f} USD a month ({total.low:,.2f} to {total.high:,.2f})",
        f"{len(bench.facts.ledger.unpriced())} unpriced",
    ]
    if bench.waiting:
        parts.append(f"{len(bench.waiting)} wait for their create")
    used = [f"exemption of {one.rule} used {count} times, {one.text()}" for one, count in bench.used.items()]
    return "\n".join(["policies: " + "; ".join(parts), *used, *waiting(bench)])


def waiting(bench: Bench) -> list[str]:
    """Say which rules a preview left to the update, one line a rule, with the names of the resources."""
    names: dict[str, list[str]] = {}
    for rule, urn in bench.waiting:
        names.setdefault(rule.name, []).append(urn.rsplit("::", 1)[-1])
    return [f"{rule} is judged before the create of {', '.join(found)}" for rule, found in names.items()]


def tell(address: str, text: str) -> None:
    """Show a text through the engine. One that does not listen changes no verdict, so its failure is let pass."""
    with contextlib.suppress(grpc.RpcError), grpc.insecure_channel(address) as channel:
        request = engine_pb2.LogRequest(severity=engine_pb2.INFO, message=text)
        engine_pb2_grpc.EngineStub(channel).Log(request, timeout=_PATIENCE)
