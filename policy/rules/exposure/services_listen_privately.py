"""Services are reachable from the private network only."""

from infra.catalog.values import UNKNOWN
from policy.model import controls
from policy.model.checks import equals, is_true, must, where
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict

_ANNOTATIONS = {
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
    "networking.gke.io/load-balancer-type": "Internal",
    "service.beta.kubernetes.io/azure-load-balancer-internal": "true",
}


def _internal(service: Resource, _facts: Facts) -> Verdict:
    given = service.get("metadata.annotations")
    if given is UNKNOWN:
        return Unverified("metadata.annotations is not known before the update", "metadata.annotations")
    if any((given or {}).get(name) == value for name, value in _ANNOTATIONS.items()):
        return PASS
    wanted = " or ".join(f'{name}: "{value}"' for name, value in _ANNOTATIONS.items())
    return Fail("its load balancer has a public address", f"annotate it with {wanted}")


def _for_gateways(_address: Resource, _facts: Facts) -> Verdict:
    return NotApplicable("NAT and VPN gateways need one; machines are judged by nodes-have-no-public-address")


RULE = Rule(
    name="services-listen-privately",
    says="Services are reachable from the private network only",
    why="A load balancer with a public address publishes the model and its prompts",
    fix="Make the load balancer internal.",
    severity=Severity.HIGH,
    frameworks=controls.BOUNDARY,
    at_create={
        "kubernetes:core/v1:Service": where(
            "spec.type", equals("LoadBalancer"), _internal, "it has no load balancer"
        ),
        "aws:lb/loadBalancer:LoadBalancer": must("internal", is_true, "set internal to true"),
        "azure-native:network:PublicIPAddress": _for_gateways,
    },
)
