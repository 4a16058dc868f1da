"""The account trail is validated and covers every region."""

from policy.model.checks import all_of, is_true, must
from policy.model.rule import Frameworks, Rule, Severity

RULE = Rule(
    name="trails-cover-every-region",
    says="The account trail is validated and covers every region",
    why="An intruder works in the region that nobody watches",
    fix="Make the trail multi-region with log file validation.",
    severity=Severity.HIGH,
    frameworks=Frameworks(
        gdpr=("Art. 5(2)", "Art. 33"),
        hipaa=("164.312(b)", "164.312(c)(1)"),
        iso27001=("A.8.15", "A.5.28"),
        soc2=("CC7.2",),
        nist=("AU-9", "AU-12"),
        cis=("8.2", "8.9"),
    ),
    at_create={
        "aws:cloudtrail/trail:Trail": all_of(
            must("isMultiRegionTrail", is_true, "set isMultiRegionTrail to true"),
            must("enableLogFileValidation", is_true, "set enableLogFileValidation to true"),
            must("enableLogging", is_true, "set enableLogging to true", unset="pass"),
        ),
    },
)
