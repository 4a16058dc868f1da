"""Keys rotate within the period of their data class."""

from infra.catalog.values import UNKNOWN
from policy.model import labels
from policy.model.checks import Check, all_of, equals, is_true, must
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, OnUnknown, Rule, Severity
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict


def _within(path: str, per_day: int, *, default: int | None = None) -> Check:
    """Demand that a period is set and no longer than the class of the key's data allows."""

    def check(resource: Resource, facts: Facts) -> Verdict:
        most = labels.rotation_days(resource, facts.environment)
        value = resource.get(path)
        if value is UNKNOWN:
            return Unverified(f"{path} is not known before the update", path)
        if value is None and default is None:
            return Fail(
                f"{path} is not set: the key never rotates", f"set {path} to {_written(path, most * per_day)}"
            )
        days = float(str(default if value is None else value).removesuffix("s")) / per_day
        if days <= most:
            return PASS
        return Fail(
            f"it rotates every {days:g} days",
            f"set {path} to at most {_written(path, most * per_day)}",
            f"the class of its data allows {most} days",
        )

    return check


def _written(path: str, amount: int) -> str:
    return f'"{amount}s"' if path == "rotationPeriod" else str(amount)


def _aws(resource: Resource, facts: Facts) -> Verdict:
    switched_on = must("enableKeyRotation", is_true, "set enableKeyRotation to true")
    asymmetric = resource.get("keyUsage") in {"SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"}
    if asymmetric:
        return NotApplicable("AWS rotates keys for encryption only")
    return all_of(switched_on, _within("rotationPeriodInDays", 1, default=365))(resource, facts)


def _gcp(resource: Resource, facts: Facts) -> Verdict:
    if resource.get("purpose") not in {None, UNKNOWN, "ENCRYPT_DECRYPT"}:
        return NotApplicable("Cloud KMS rotates keys for symmetric encryption only")
    return _within("rotationPeriod", 86400)(resource, facts)


RULE = Rule(
    name="keys-rotate-in-time",
    says="Keys rotate within the period of their data class",
    why="A key that never changes makes one leak a leak of everything ever written",
    fix="Switch rotation on with a period no longer than the data class says.",
    severity=Severity.HIGH,
    on_unknown=OnUnknown.FAIL,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(a)",),
        hipaa=("164.312(a)(2)(iv)",),
        iso27001=("A.8.24",),
        soc2=("CC6.1",),
        nist=("SC-12(1)",),
        cis=("3.11",),
    ),
    at_create={
        "localhost:index:KeyRing": _within("rotationDays", 1, default=90),
        "aws:kms/key:Key": _aws,
        "gcp:kms/cryptoKey:CryptoKey": _gcp,
        "azure-native:keyvault:Key": must(
            "properties.rotationPolicy.lifetimeActions[*].action.type",
            equals("rotate", "Rotate"),
            "add a lifetime action of type rotate to properties.rotationPolicy",
        ),
    },
)
