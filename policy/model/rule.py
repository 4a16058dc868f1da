"""A rule: the sentence it enforces, why, what it is measured against, and its checks side by side."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from policy.model.facts import Facts
from policy.model.resource import Resource
from policy.model.verdicts import Verdict

Check = Callable[[Resource, Facts], Verdict]
"""A pure function: the same resource and facts give the same verdict."""

Remedy = Callable[[Resource, Facts], Mapping[str, Any]]
"""A pure function that gives the inputs to add or replace; empty when nothing is to be mended. It only adds safety."""


class Severity(Enum):
    """How bad a breach is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Level(Enum):
    """What a breach does."""

    ADVISORY = "advisory"
    MANDATORY = "mandatory"
    REMEDIATE = "remediate"
    DISABLED = "disabled"


class OnUnknown(Enum):
    """What an unverified resource does."""

    FAIL = "fail"
    WARN = "warn"


@dataclass(frozen=True)
class Frameworks:
    """The controls that a rule serves, by their own numbers."""

    gdpr: tuple[str, ...] = ()
    """Articles of Regulation (EU) 2016/679."""
    hipaa: tuple[str, ...] = ()
    """Items of 45 CFR 164.312, the technical safeguards."""
    iso27001: tuple[str, ...] = ()
    """Controls of ISO/IEC 27001:2022 Annex A."""
    soc2: tuple[str, ...] = ()
    """Trust services criteria (CC: common criteria)."""
    nist: tuple[str, ...] = ()
    """Controls of NIST SP 800-53 revision 5."""
    cis: tuple[str, ...] = ()
    """CIS Critical Security Controls v8 safeguards."""

    def named(self) -> Mapping[str, tuple[str, ...]]:
        """Give the controls by the framework's printed name, without empty ones."""
        pairs = {
            "GDPR": self.gdpr,
            "HIPAA": self.hipaa,
            "ISO 27001": self.iso27001,
            "SOC 2": self.soc2,
            "NIST 800-53": self.nist,
            "CIS": self.cis,
        }
        return {name: controls for name, controls in pairs.items() if controls}


@dataclass(frozen=True)
class Option:
    """One setting of a rule in the policy pack's configuration."""

    default: Any
    schema: Mapping[str, Any]
    """JSON Schema of the value."""
    says: str
    """What it does, for the generated page."""


@dataclass(frozen=True)
class Rule:
    """One sentence that resources keep or break."""

    name: str
    """In kebab case, equal to the file's name."""
    says: str
    """The sentence, as a promise."""
    why: str
    """What goes wrong otherwise, in one sentence."""
    fix: str
    """How to keep it, in general; each verdict names the exact property."""
    severity: Severity
    frameworks: Frameworks
    level: Level = Level.MANDATORY
    on_unknown: OnUnknown = OnUnknown.WARN
    at_create: Mapping[str, Check] = field(default_factory=dict)
    """Checks by type token (`*` is every type) that need only the resource: they run before each create."""
    in_stack: Mapping[str, Check] = field(default_factory=dict)
    """Checks by type token that need the other resources: they run on the whole stack."""
    remedies: Mapping[str, Remedy] = field(default_factory=dict)
    options: Mapping[str, Option] = field(default_factory=dict)
    topic: str = ""
    """The folder of the rule's file; filled in when it is loaded."""

    @property
    def url(self) -> str:
        """Where the rule is explained, in this repository."""
        return f"docs/policies/{self.topic}.md#{self.name}"
