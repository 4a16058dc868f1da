"""Images are named by digest."""

import re

from infra.catalog.values import Value
from policy.model.checks import for_types, must
from policy.model.facts import Facts
from policy.model.pods import PODS, pod
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.verdicts import Verdict, worst


def _by_digest(resource: Resource, facts: Facts) -> Verdict:
    return worst(
        must(f"{pod(resource)}.{kind}[*].image", _pinned, "write the image as name@sha256:...", unset="pass")(
            resource, facts
        )
        for kind in ("containers", "initContainers")
    )


def _pinned(image: Value) -> bool:
    return isinstance(image, str) and re.search(r"@sha256:[0-9a-f]{64}$", image) is not None


RULE = Rule(
    name="images-come-by-digest",
    says="Images are named by digest",
    why="A tag can point to something else tomorrow, also on one node of sixty-four",
    fix="Write the image as name@sha256:...",
    severity=Severity.MEDIUM,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(b)",),
        iso27001=("A.8.9", "A.8.32"),
        soc2=("CC7.1", "CC8.1"),
        nist=("CM-2", "SI-7"),
        cis=("2.5",),
    ),
    at_create=for_types(PODS, _by_digest),
)
