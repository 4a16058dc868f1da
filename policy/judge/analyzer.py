"""The engine's analyzer protocol over a bench.

Pulumi's own Python layer turns a mandatory policy into an advisory note as soon as it reads one unknown value, and
decodes every resource once for each policy. Here each message is decoded once, unknown values are values, and the only
ways out of a call are its findings or an error that stops the engine.
"""

# ruff: noqa: ARG002, N802 - gRPC names the methods and gives each a request and a context

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn, TypeVar

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2

from policy.judge import wire
from policy.judge.bench import Bench, BrokenRuleError
from policy.judge.finding import Finding
from policy.judge.remedies import mend
from policy.judge.summary import summary
from policy.model.resource import Resource
from policy.model.rule import Level, OnUnknown, Rule, Severity

PACK, VERSION = "causeway", "0.1.0"

_LEVELS: Mapping[Level, Any] = {
    Level.ADVISORY: proto.ADVISORY,
    Level.MANDATORY: proto.MANDATORY,
    Level.REMEDIATE: proto.REMEDIATE,
    Level.DISABLED: proto.DISABLED,
}
_SEVERITIES: Mapping[Severity, Any] = {
    Severity.LOW: proto.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: proto.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: proto.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: proto.POLICY_SEVERITY_CRITICAL,
}

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Run:
    """What the engine said before it asked for the first judgement."""

    preview: bool = True
    """Nothing is created: a preview, or `pulumi policy analyze`, which reads a state and configures no stack."""
    config: Mapping[str, str] = field(default_factory=dict)
    """The stack's configuration."""
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Options by rule, from the configuration of the policy pack."""
    levels: Mapping[str, Level] = field(default_factory=dict)
    """Levels by rule."""


BenchMaker = Callable[[Run], Bench]
"""From a run to a bench for it."""


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """One run of the engine: configured first, then asked once a resource, then once for the stack."""

    def __init__(self, make: BenchMaker, stop: Callable[[], None], tell: Callable[[str], None]) -> None:
        self._make, self._stop, self._tell = make, stop, tell
        self._early: list[Finding] = []
        self._run = Run()
        self._bench: Bench | None = None

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> proto.AnalyzerHandshakeResponse:
        """Answer the engine's greeting."""
        return proto.AnalyzerHandshakeResponse()

    def ConfigureStack(
        self, request: proto.AnalyzerStackConfigureRequest, context: grpc.ServicerContext
    ) -> proto.AnalyzerStackConfigureResponse:
        """Learn whether this run creates anything."""
        self._run = replace(self._run, preview=request.dry_run, config=dict(request.config))
        return proto.AnalyzerStackConfigureResponse()

    def Configure(self, request: proto.ConfigureAnalyzerRequest, context: grpc.ServicerContext) -> Empty:
        """Take the configuration of the policy pack."""
        by_number = {number: level for level, number in _LEVELS.items()}
        given = request.policyConfig
        self._run = replace(
            self._run,
            options={name: MessageToDict(config.properties) for name, config in given.items()},
            levels={name: by_number[config.enforcementLevel] for name, config in given.items()},
        )
        return Empty()

    def GetPluginInfo(self, request: Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Say the version."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetAnalyzerInfo(self, request: Empty, context: grpc.ServicerContext) -> proto.AnalyzerInfo:
        """Describe every rule."""
        rules = self._guard(context, lambda: self._make(self._run).rules)
        policies = [_described(rule) for rule in rules]
        return proto.AnalyzerInfo(name=PACK, version=VERSION, supportsConfig=True, policies=policies)

    def Analyze(self, request: proto.AnalyzeRequest, context: grpc.ServicerContext) -> proto.AnalyzeResponse:
        """Judge one resource before it is created."""
        return self._guard(context, lambda: _answer(self._consider(wire.analyzed(request))))

    def AnalyzeStack(
        self, request: proto.AnalyzeStackRequest, context: grpc.ServicerContext
    ) -> proto.AnalyzeResponse:
        """Judge the whole stack."""
        return self._guard(
            context,
            lambda: _answer(self._conclude(wire.in_stack(resource) for resource in request.resources)),
        )

    def Remediate(
        self, request: proto.AnalyzeRequest, context: grpc.ServicerContext
    ) -> proto.RemediateResponse:
        """Offer what rules set to `remediate` would change, each shown by the engine as a diff."""
        return self._guard(
            context,
            lambda: proto.RemediateResponse(remediations=mend(self._judges(), request, PACK, VERSION)),
        )

    def Cancel(self, request: Empty, context: grpc.ServicerContext) -> Empty:
        """Leave at once."""
        self._stop()
        return Empty()

    def _consider(self, resource: Resource) -> list[Finding]:
        findings = self._judges().before_create(resource)
        self._early += findings
        return findings

    def _conclude(self, resources: Iterable[Resource]) -> list[Finding]:
        bench = self._judges()
        findings = bench.whole_stack(resources)
        self._tell(summary(bench, [*self._early, *findings]))
        return findings

    def _judges(self) -> Bench:
        if self._bench is None:
            self._bench = self._make(self._run)
        return self._bench

    def _guard(self, context: grpc.ServicerContext, judge: Callable[[], Answer]) -> Answer:
        """Turn every exception into an error of the call, which stops the engine: no exception can mean a pass."""
        try:
            return judge()
        except (BrokenRuleError, ValueError) as error:
            _abort(context, str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the run must not go on unjudged
            _abort(context, f"the policy pack broke: {type(error).__name__}: {error}")


def _abort(context: grpc.ServicerContext, text: str) -> NoReturn:
    context.abort(grpc.StatusCode.INTERNAL, text)
    raise AssertionError("abort does not return")


def _answer(findings: Iterable[Finding]) -> proto.AnalyzeResponse:
    return proto.AnalyzeResponse(diagnostics=[_diagnostic(finding) for finding in findings])


def _diagnostic(finding: Finding) -> proto.AnalyzeDiagnostic:
    return proto.AnalyzeDiagnostic(
        policyName=finding.rule.name,
        policyPackName=PACK,
        policyPackVersion=VERSION,
        description=finding.rule.says,
        message=finding.text(),
        enforcementLevel=_LEVELS[finding.level],
        urn=finding.urn,
        severity=_SEVERITIES[finding.rule.severity],
    )


def _described(rule: Rule) -> proto.PolicyInfo:
    named = rule.frameworks.named()
    framework = proto.PolicyComplianceFramework(
        name=", ".join(named),
        specification="; ".join(f"{name} {', '.join(ids)}" for name, ids in named.items()),
    )
    info = proto.PolicyInfo(
        name=rule.name,
        displayName=rule.says,
        description=f"{rule.says}. {rule.why}.",
        enforcementLevel=_LEVELS[rule.level],
        policy_type=proto.POLICY_TYPE_RESOURCE if rule.at_create else proto.POLICY_TYPE_STACK,
        severity=_SEVERITIES[rule.severity],
        framework=framework,
        tags=[rule.topic],
        remediation_steps=rule.fix,
        url=rule.url,
    )
    info.configSchema.properties.update(_schema(rule))
    return info


def _schema(rule: Rule) -> dict[str, Any]:
    unknown = {"type": "string", "enum": [choice.value for choice in OnUnknown]}
    return {"onUnknown": unknown, **{name: dict(option.schema) for name, option in rule.options.items()}}
