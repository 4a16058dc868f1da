"""Sets of controls that several rules serve; a rule with a set of its own writes it in its file."""

from policy.model.rule import Frameworks

JURISDICTION = Frameworks(
    gdpr=("Art. 44", "Art. 46"),
    iso27001=("A.5.31", "A.5.34"),
    soc2=("CC6.1", "C1.1"),
    nist=("SA-9(5)", "AC-4"),
)
"""Where data lies and whose law holds there."""

AT_REST = Frameworks(
    gdpr=("Art. 32(1)(a)",),
    hipaa=("164.312(a)(2)(iv)",),
    iso27001=("A.8.24",),
    soc2=("CC6.1",),
    nist=("SC-12", "SC-28(1)"),
    cis=("3.11",),
)
"""Encryption of what is stored."""

IN_TRANSIT = Frameworks(
    gdpr=("Art. 32(1)(a)",),
    hipaa=("164.312(e)(1)", "164.312(e)(2)(ii)"),
    iso27001=("A.8.20", "A.8.24"),
    soc2=("CC6.7",),
    nist=("SC-8(1)",),
    cis=("3.10",),
)
"""Encryption of what is sent."""

MONEY = Frameworks(iso27001=("A.8.6",), soc2=("CC5.2", "A1.1"), nist=("PM-3", "SA-2"))
"""What resources cost."""

CAPACITY = Frameworks(iso27001=("A.8.6",), soc2=("A1.1",), nist=("SC-5", "SC-6"), cis=("4.1",))
"""Machines that are there when they are needed, and do what they can."""

BOUNDARY = Frameworks(
    gdpr=("Art. 32(1)(b)",),
    hipaa=("164.312(e)(1)",),
    iso27001=("A.8.20", "A.8.22"),
    soc2=("CC6.6",),
    nist=("SC-7", "AC-17"),
    cis=("4.4", "12.2"),
)
"""What the outside can reach."""
