"""The metadata service answers only the machine itself."""

from collections.abc import Mapping

from infra.catalog.values import UNKNOWN, Value
from policy.model.checks import all_of, at_most, equals, for_types, must
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity


def _require_session(resource: Resource, _facts: Facts) -> Mapping[str, Value]:
    options = resource.get("metadataOptions")
    if options is UNKNOWN:
        return {}
    wanted = {"httpTokens": "required", "httpPutResponseHopLimit": 1}
    given = options or {}
    if all(given.get(key) == value for key, value in wanted.items()):
        return {}
    return {"metadataOptions": {"httpEndpoint": "enabled", **given, **wanted}}


RULE = Rule(
    name="metadata-needs-a-session",
    says="The metadata service answers only the machine itself",
    why="A tricked web request from a pod otherwise fetches the credentials of the machine",
    fix="Require session tokens and one hop.",
    severity=Severity.HIGH,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(b)",),
        hipaa=("164.312(a)(1)",),
        iso27001=("A.8.9", "A.8.20"),
        soc2=("CC6.1",),
        nist=("AC-6", "SC-7"),
        cis=("4.1",),
    ),
    at_create={
        **for_types(
            ["aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/instance:Instance"],
            all_of(
                must(
                    "metadataOptions.httpTokens",
                    equals("required"),
                    'set metadataOptions.httpTokens to "required"',
                ),
                must(
                    "metadataOptions.httpPutResponseHopLimit",
                    at_most(1),
                    "set metadataOptions.httpPutResponseHopLimit to 1",
                    unset="pass",
                ),
            ),
        ),
        "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass": all_of(
            must(
                "spec.metadataOptions.httpTokens",
                equals("required"),
                'set spec.metadataOptions.httpTokens to "required"',
            ),
            must(
                "spec.metadataOptions.httpPutResponseHopLimit",
                at_most(1),
                "set spec.metadataOptions.httpPutResponseHopLimit to 1",
                unset="pass",
            ),
        ),
        "gcp:container/nodePool:NodePool": must(
            "nodeConfig.workloadMetadataConfig.mode",
            equals("GKE_METADATA"),
            'set nodeConfig.workloadMetadataConfig.mode to "GKE_METADATA"',
        ),
    },
    remedies=for_types(
        ["aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/instance:Instance"], _require_session
    ),
)
