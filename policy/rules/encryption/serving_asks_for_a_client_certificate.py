"""Serving endpoints ask for a client certificate."""

from policy.model.checks import equals, must, where
from policy.model.rule import Frameworks, Level, Rule, Severity

RULE = Rule(
    name="serving-asks-for-a-client-certificate",
    says="Serving endpoints ask for a client certificate",
    why="A stolen address is enough to call the model otherwise",
    fix="Verify client certificates at the listener.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    frameworks=Frameworks(
        gdpr=("Art. 32(1)(b)",),
        hipaa=("164.312(d)", "164.312(e)(1)"),
        iso27001=("A.8.5",),
        soc2=("CC6.1", "CC6.7"),
        nist=("IA-3", "SC-8(1)", "SC-23"),
        cis=("3.10",),
    ),
    at_create={
        "aws:lb/listener:Listener": where(
            "protocol",
            equals("HTTPS"),
            must("mutualAuthentication.mode", equals("verify"), 'set mutualAuthentication.mode to "verify"'),
            "it does not end HTTPS",
        ),
    },
)
