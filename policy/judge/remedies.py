"""Remedies: inputs that a rule adds where that can only make things safer."""

from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as proto

from policy.judge import wire
from policy.judge.bench import Bench
from policy.model.rule import Level, Rule


def mend(bench: Bench, request: proto.AnalyzeRequest, pack: str, version: str) -> Sequence[proto.Remediation]:
    """Offer what the rules set to `remediate` would change; each builds on the one before.

    The engine's own form of the properties is kept and only the changed keys are replaced, so that secrets stay secret
    and unknown values unknown.
    """
    props: dict[str, Any] = MessageToDict(request.properties)
    offers = []
    for rule in bench.rules:
        remedy = rule.remedies.get(request.type)
        if remedy is None or bench.settings[rule.name].level is not Level.REMEDIATE:
            continue
        changed = proto.AnalyzeRequest()
        changed.CopyFrom(request)
        changed.properties.CopyFrom(_struct(props))
        better = bench.remedied(rule, remedy, wire.analyzed(changed))
        if better:
            props = {**props, **better}
            offers.append(_offer(rule, props, pack, version))
    return offers


def _offer(rule: Rule, props: Mapping[str, Any], pack: str, version: str) -> proto.Remediation:
    return proto.Remediation(
        policyName=rule.name,
        policyPackName=pack,
        policyPackVersion=version,
        description=rule.says,
        properties=_struct(props),
    )


def _struct(props: Mapping[str, Any]) -> Struct:
    return ParseDict(dict(props), Struct())
