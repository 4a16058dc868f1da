"""What comes out of a judgement."""

from dataclasses import dataclass

from policy.model.exemption import Exemption
from policy.model.rule import Level, Rule
from policy.model.verdicts import Fail, Unverified


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule, one resource, and what is wrong."""

    rule: Rule
    urn: str
    verdict: Fail | Unverified
    level: Level
    """What the finding does: an exempted or merely warned one is advisory."""
    exemption: Exemption | None = None

    @property
    def stops(self) -> bool:
        """Tell whether it stops the run."""
        return self.level is Level.MANDATORY

    def text(self) -> str:
        """Give the block that a user reads: what, why, how to mend it, where to read on."""
        parts = [f"{name:<9}{text}" for name, text in self._parts() if text]
        return "\n".join([self.rule.says, *parts])

    def _parts(self) -> tuple[tuple[str, str], ...]:
        controls = "; ".join(f"{name} {', '.join(ids)}" for name, ids in self.rule.frameworks.named().items())
        if isinstance(self.verdict, Fail):
            what, because, fix = self.verdict.what, self.verdict.because, self.verdict.fix
        else:
            what = f"unverified: {self.verdict.what}"
            because = "what can't be checked is not taken for granted"
            fix = self.verdict.fix or _MAKE_KNOWN.format(self.rule.name)
        return (
            ("what", f"{self.urn}: {what}"),
            ("why", ". ".join(part.rstrip(".") for part in (because, self.rule.why) if part) + "."),
            ("controls", controls),
            ("fix", fix),
            ("exempt", self.exemption.text() if self.exemption else ""),
            ("docs", self.rule.url),
        )


_MAKE_KNOWN = (
    "make the value known before the update, take it from a resource of this stack, "
    'or set "onUnknown": "warn" for {} in the policy configuration'
)
