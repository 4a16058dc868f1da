"""Keys rotate within the period of their data class."""

import re

from infra.catalog.values import UNKNOWN, Value
from infra.catalog.values import get as _get
from policy.model import labels
from policy.model.checks import Check, all_of, is_true, must
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


def _azure(resource: Resource, facts: Facts) -> Verdict:
    """Of the actions in a key's life one rotates it, by its age; others tell people, and expiry alone is no period."""
    path = "properties.rotationPolicy.lifetimeActions"
    actions = resource.get(path)
    if actions is UNKNOWN:
        return Unverified(f"{path} is not known before the update", path)
    most = labels.rotation_days(resource, facts.environment)
    fix = f'add an action of type rotate with trigger.timeAfterCreate "P{most}D" or less to {path}'
    ages = [
        _age(action) for action in actions or () if str(_get(action, "action.type")).casefold() == "rotate"
    ]
    if None in ages:
        return Unverified(f"{path} rotates at an age that can't be read", path)
    days = min((age for age in ages if age is not None), default=None)
    if days is None:
        return Fail(f"no action of {path} rotates it", fix)
    if days <= most:
        return PASS
    return Fail(f"it rotates every {days} days", fix, f"the class of its data allows {most} days")


def _age(action: Value) -> int | None:
    """Read the age in days of an ISO 8601 duration in days, months or years; None when it is something else."""
    found = re.fullmatch(r"P(\d+)([DMY])", str(_get(action, "trigger.timeAfterCreate")))
    return int(found[1]) * {"D": 1, "M": 31, "Y": 366}[found[2]] if found else None


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
        "azure-native:keyvault:Key": _azure,
    },
)
