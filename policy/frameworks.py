"""The controls of each framework that technology can keep: what coverage is measured against."""

from collections.abc import Mapping, Sequence

from policy.model.rule import Rule

_ISO_ORGANISATION = tuple(f"A.5.{number}" for number in (*range(7, 20), *range(22, 25), *range(28, 38)))
_ISO_TECHNOLOGY = tuple(f"A.8.{number}" for number in range(1, 35))


def _listed(names: str) -> tuple[str, ...]:
    return tuple(names.split(", "))


CONTROLS: Mapping[str, Sequence[str]] = {
    "GDPR": _listed(
        "Art. 5(1)(b), Art. 5(1)(c), Art. 5(1)(e), Art. 5(1)(f), Art. 5(2), Art. 17, Art. 25, Art. 28, "
        "Art. 30, Art. 32(1)(a), Art. 32(1)(b), Art. 32(1)(c), Art. 32(1)(d), Art. 32(4), Art. 33, Art. "
        "35, Art. 44, Art. 46"
    ),
    "HIPAA": _listed(
        "164.312(a)(1), 164.312(a)(2)(i), 164.312(a)(2)(ii), 164.312(a)(2)(iii), 164.312(a)(2)(iv), "
        "164.312(b), 164.312(c)(1), 164.312(c)(2), 164.312(d), 164.312(e)(1), 164.312(e)(2)(i), "
        "164.312(e)(2)(ii)"
    ),
    "ISO 27001": (*_ISO_ORGANISATION, *_ISO_TECHNOLOGY),
    "SOC 2": _listed(
        "CC5.2, CC6.1, CC6.2, CC6.3, CC6.6, CC6.7, CC6.8, CC7.1, CC7.2, CC7.3, CC7.4, CC7.5, CC8.1, "
        "CC9.1, A1.1, A1.2, A1.3, C1.1, C1.2"
    ),
    "NIST 800-53": _listed(
        "AC-2, AC-3, AC-4, AC-6, AC-16, AC-17, AU-2, AU-6, AU-9, AU-11, AU-12, CM-2, CM-3, CM-6, CM-7, "
        "CM-8, CP-6, CP-9, CP-10, IA-2, IA-3, IA-5, IA-9, PM-3, RA-2, RA-5, SA-2, SA-9, SC-4, SC-5, "
        "SC-6, SC-7, SC-8, SC-12, SC-13, SC-23, SC-28, SI-2, SI-4, SI-7"
    ),
    "CIS": _listed(
        "1.1, 2.5, 3.3, 3.4, 3.7, 3.10, 3.11, 3.14, 4.1, 4.4, 4.6, 5.2, 5.4, 6.3, 6.5, 6.8, 7.4, 8.2, "
        "8.3, 8.5, 8.9, 8.10, 11.2, 11.3, 12.2, 13.6, 16.11"
    ),
}
"""GDPR articles, HIPAA 45 CFR 164.312 (complete), ISO/IEC 27001:2022 Annex A 5 and 8 (without those of contracts and of
incidents), SOC 2 criteria of technology, NIST SP 800-53 rev. 5 base controls, CIS Controls v8 safeguards."""


def base(control: str) -> str:
    """Give the control of an enhancement, such as `SC-28` of `SC-28(1)`; others stand for themselves."""
    return control.split("(", 1)[0] if "-" in control else control


def coverage(rules: Sequence[Rule]) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Give the names of the rules by framework and control, with an empty list where there is a gap."""
    table: dict[str, dict[str, list[str]]] = {
        name: {control: [] for control in controls} for name, controls in CONTROLS.items()
    }
    for rule in rules:
        for name, controls in rule.frameworks.named().items():
            for control in dict.fromkeys(base(one) for one in controls):
                table[name][control].append(rule.name)
    return table
