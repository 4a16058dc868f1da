"""The trap that the pack avoids: Pulumi's own layer lets an unknown value switch a mandatory policy off."""

from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy
from pulumi_policy.policy import _PolicyAnalyzerServicer

from policy.judge.analyzer import Analyzer
from policy.judge.bench import Bench
from tests.policy.standin import UNKNOWN
from tests.policy.test_bench import BLUE, KIND


def request(**props: Any) -> proto.AnalyzeRequest:
    """Make the engine's message for one resource."""
    bag = Struct()
    bag.update(props)
    return proto.AnalyzeRequest(
        type=KIND, urn=f"urn:pulumi:t::p::{KIND}::thing", name="thing", properties=bag
    )


@pytest.mark.never_again
def test_the_sdk_turns_a_mandatory_policy_into_a_note() -> None:
    """pulumi-policy answers an unknown value with an advisory diagnostic (pulumi/pulumi#19737): it fails open."""

    def validate(args: Any, report: Any) -> None:
        if args.props["colour"] != "blue":
            report("not blue")

    policy = ResourceValidationPolicy("blue", "blue", validate, enforcement_level=EnforcementLevel.MANDATORY)
    answer = _PolicyAnalyzerServicer("p", "1.0.0", [policy], EnforcementLevel.MANDATORY).Analyze(
        request(colour=UNKNOWN), None
    )
    (diagnostic,) = answer.diagnostics
    assert diagnostic.enforcementLevel == proto.ADVISORY
    assert "can't run policy" in diagnostic.message


@pytest.mark.never_again
def test_ours_stops_at_an_unknown_value() -> None:
    """The same resource before the same create is a mandatory finding of our analyzer (pulumi/pulumi#19737)."""
    analyzer = Analyzer(lambda run: Bench([BLUE], preview=run.preview), lambda: None, lambda _: None)
    analyzer.ConfigureStack(proto.AnalyzerStackConfigureRequest(dry_run=False), None)  # type: ignore[arg-type]
    (diagnostic,) = analyzer.Analyze(request(colour=UNKNOWN), None).diagnostics  # type: ignore[arg-type]
    assert diagnostic.enforcementLevel == proto.MANDATORY
    assert "unverified" in diagnostic.message
