"""Building blocks of checks: what a property must be, which key it must name, and how checks are joined."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from infra.catalog.values import UNKNOWN, Found, Value
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.verdicts import PASS, Fail, NotApplicable, Unverified, Verdict, worst

Check = Callable[[Resource, Facts], Verdict]
Test = Callable[[Value], bool]
Doing = TypeVar("Doing")

KEY_TYPES = (
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/alias:Alias",
    "gcp:kms/cryptoKey:CryptoKey",
    "azure-native:keyvault:Key",
    "azure-native:compute:DiskEncryptionSet",
    "localhost:index:KeyRing",
)
"""The types of keys that are ours."""

_CLOUD_KEY = re.compile(r"^(arn:aws[\w-]*:kms:[^:]*:[^:]*:)?alias/aws/|^aws/|^Microsoft\.|^AES256$")


def must(path: str, test: Test, fix: str, *, unset: str = "fail", because: str = "") -> Check:
    """Demand that every value at a path passes a test; `unset="pass"` where the provider's default is right."""

    def check(resource: Resource, _facts: Facts) -> Verdict:
        found = list(resource.find(path))
        if not found:
            return PASS if unset == "pass" else Fail(f"{path} is not set", fix, because)
        return worst(tested(resource, one) for one in found)

    def tested(resource: Resource, found: Found) -> Verdict:
        if found.value is UNKNOWN:
            return Unverified(f"{found.path} is not known before the update", found.path)
        if test(found.value):
            return PASS
        return Fail(f"{found.path} is {shown(resource, found.path, found.value)}", fix, because)

    return check


def present(path: str, fix: str) -> Check:
    """Demand that a property is set, whatever its value; one that is known only later is set."""

    def check(resource: Resource, _facts: Facts) -> Verdict:
        found = list(resource.find(path))
        missing = not found or any(one.value in ("", [], {}) for one in found)
        return Fail(f"{path} is not set", fix) if missing else PASS

    return check


def must_not(path: str, test: Test, fix: str, *, because: str = "") -> Check:
    """Demand that no value at a path passes a test; what is not set is right."""
    return must(path, lambda value: not test(value), fix, unset="pass", because=because)


def keyed(path: str, fix: str, *types: str) -> Check:
    """Demand that a property names a key of ours: not the cloud's own, and followed to its resource when unknown."""

    def check(resource: Resource, facts: Facts) -> Verdict:
        value = resource.get(path)
        if value is None or value == "":
            return Fail(f"{path} is not set", fix)
        if value is UNKNOWN:
            if facts.graph.referred(resource, path, *(types or KEY_TYPES)):
                return PASS
            return Unverified(f"{path} is not known and comes from no key of this stack", path)
        if isinstance(value, str) and _CLOUD_KEY.search(value):
            return Fail(f'{path} is "{value}", the key of the cloud itself', fix)
        return PASS

    return check


def all_of(*checks: Check) -> Check:
    """Join checks: the worst verdict is the verdict."""
    return lambda resource, facts: worst(check(resource, facts) for check in checks)


def any_of(*checks: Check) -> Check:
    """Demand one of several ways; when none is taken, the first one says what is wrong."""

    def check(resource: Resource, facts: Facts) -> Verdict:
        verdicts = [one(resource, facts) for one in checks]
        for kind in (type(PASS), Unverified):
            for verdict in verdicts:
                if isinstance(verdict, kind):
                    return verdict
        return verdicts[0]

    return check


def where(path: str, test: Test, check: Check, otherwise: str) -> Check:
    """Ask a check only where a value at a path passes a test; elsewhere the rule does not apply, for a reason."""

    def asked(resource: Resource, facts: Facts) -> Verdict:
        values = [found.value for found in resource.find(path)]
        if any(value is not UNKNOWN and test(value) for value in values):
            return check(resource, facts)
        if any(value is UNKNOWN for value in values):
            verdict = check(resource, facts)
            return (
                verdict if verdict == PASS else Unverified(f"{path} decides whether the rule applies", path)
            )
        return NotApplicable(otherwise)

    return asked


def forbidden(what: str, fix: str) -> Check:
    """Refuse the resource as such."""
    return lambda _resource, _facts: Fail(what, fix)


def for_types(types: Sequence[str], check: Doing) -> Mapping[str, Doing]:
    """Give the same check, or the same remedy, to several types."""
    return dict.fromkeys(types, check)


def shown(resource: Resource, path: str, value: Value) -> str:
    """Print a value, unless it is secret."""
    if any(path == secret or path.startswith((f"{secret}.", f"{secret}[")) for secret in resource.secrets):
        return "(secret)"
    return (
        f'"{value}"'
        if isinstance(value, str)
        else str(value).lower()
        if isinstance(value, bool)
        else repr(value)
    )


def is_true(value: Value) -> bool:
    """Tell whether a value says yes; some AWS inputs are the string `true`."""
    return value is True or value == "true"


def is_false(value: Value) -> bool:
    """Tell whether a value says no."""
    return value is False or value == "false"


def equals(*wanted: Any) -> Test:
    """Make a test for one of some values."""
    return lambda value: value in wanted


def at_least(least: float) -> Test:
    """Make a test for a number, also one that is written as a string."""
    return lambda value: _as_number(value) >= least


def at_most(most: float) -> Test:
    """Make a test for a number, also one that is written as a string."""
    return lambda value: _as_number(value) <= most


def contains(*wanted: str) -> Test:
    """Make a test for a list that has all of some values."""
    return lambda value: (
        isinstance(value, list) and set(wanted) <= {item for item in value if isinstance(item, str)}
    )


def _as_number(value: Value) -> float:
    return float(str(value).removesuffix("s"))  # gcp writes durations such as "7776000s"
