"""Passwords, tokens and keys are never plain inputs."""

import re
from collections.abc import Iterator

from infra.catalog.values import Value
from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.rule import Frameworks, Rule, Severity
from policy.model.verdicts import PASS, Fail, Verdict, worst

_NAMED = re.compile(
    r"(password|passwd|secret|token|(api|private|preshared|shared|auth)_?key|credential|^cak)$", re.IGNORECASE
)  # cak: a link's MACsec key, whose ckn only names it
_REFERENCE = re.compile(r"(arn:|projects/|https://|/|\$\{)")  # it names where a secret is kept, and is none
_SHAPED = re.compile(
    r"AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----|gh[pousr]_[A-Za-z0-9]{36}|hf_[A-Za-z0-9]{34}"
)


def _plain(resource: Resource, _facts: Facts) -> Verdict:
    return worst(
        _judged(path, name, value)
        for path, name, value in _texts(resource.props, "", "")
        if not _is_secret(resource, path)
    )


def _judged(path: str, name: str, value: str) -> Verdict:
    # the value itself is never printed
    fix = f"make {path} a secret: pulumi.Output.secret(...) or a secret of the configuration"
    if _SHAPED.search(value):
        return Fail(f"{path} looks like a credential and is not secret", fix)
    if _NAMED.search(name) and value and not _REFERENCE.match(value):
        return Fail(f"{path} is named like a secret and is not secret", fix)
    return PASS


def _texts(value: Value, path: str, name: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, dict):
        named = _environment_entry(value)
        for key, inner in value.items():
            yield from _texts(
                inner, f"{path}.{key}" if path else key, named if named and key == "value" else key
            )
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            # what holds several is no one's password: a class of data called `secret` has a list of jurisdictions
            yield from _texts(inner, f"{path}[{at}]", "")
    elif isinstance(value, str):
        yield path, name, value


def _environment_entry(value: dict[str, Value]) -> str:
    # a container's environment is a list of {name, value}
    name = value.get("name")
    return name if isinstance(name, str) and set(value) == {"name", "value"} else ""


def _is_secret(resource: Resource, path: str) -> bool:
    return any(path == secret or path.startswith((f"{secret}.", f"{secret}[")) for secret in resource.secrets)


RULE = Rule(
    name="secrets-are-secret",
    says="Passwords, tokens and keys are never plain inputs",
    why="A plain input stands readable in the state, in previews and in logs",
    fix="Wrap the value with pulumi.Output.secret or read it from a secret store.",
    severity=Severity.CRITICAL,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(b)",),
        hipaa=("164.312(a)(1)", "164.312(d)"),
        iso27001=("A.5.17", "A.8.12"),
        soc2=("CC6.1",),
        nist=("IA-5(7)", "SC-28"),
        cis=("3.11",),
    ),
    at_create={"*": _plain},
)
