"""Endpoints of ours speak TLS 1.3."""

from collections.abc import Mapping

from infra.catalog.values import Value
from policy.model import controls
from policy.model.checks import equals, must, present, where
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Rule, Severity


def _tls_1_3(policy: Value) -> bool:
    # the names of AWS say the versions: TLS13-1-3 takes 1.3 only, TLS13-1-2 takes 1.2 as well
    return isinstance(policy, str) and policy.startswith("ELBSecurityPolicy-TLS13-1-3")


def _raise_floor(listener: Resource, _facts: Facts) -> Mapping[str, Value]:
    if listener.get("protocol") in {"HTTPS", "TLS"} and not _tls_1_3(listener.get("sslPolicy")):
        return {"sslPolicy": "ELBSecurityPolicy-TLS13-1-3-2021-06"}
    return {}


RULE = Rule(
    name="endpoints-speak-tls-1-3",
    says="Endpoints of ours speak TLS 1.3",
    why="Older versions can be talked down to ciphers that are broken",
    fix="Choose a policy whose newest version is 1.3.",
    severity=Severity.HIGH,
    frameworks=controls.IN_TRANSIT,
    at_create={
        "aws:lb/listener:Listener": where(
            "protocol",
            equals("HTTPS", "TLS"),
            must("sslPolicy", _tls_1_3, 'set sslPolicy to "ELBSecurityPolicy-TLS13-1-3-2021-06"'),
            "it does not end TLS",
        ),
        "kubernetes:networking.k8s.io/v1:Ingress": present(
            "spec.tls[*].secretName", "set spec.tls with a certificate for every host"
        ),
    },
    remedies={"aws:lb/listener:Listener": _raise_floor},
)
