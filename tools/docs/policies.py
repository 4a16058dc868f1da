"""The pages of the policy pack: one a topic, and what they cover of each framework."""

from collections.abc import Iterable, Iterator, Sequence

from policy.frameworks import coverage
from policy.model.rule import OnUnknown, Rule
from policy.rules import TOPICS, load

_HEAD = "<!-- generated from policy/rules by `make docs`: change the rule, not this page -->\n"
_UNKNOWN = {
    OnUnknown.FAIL: "what can't be verified stops the run",
    OnUnknown.WARN: "what can't be verified gives a warning, or waits for the update to judge it before the create",
}
_TITLES = {
    "residency": "Residency",
    "encryption": "Encryption",
    "budget": "Budget",
    "fabric": "Fabric and capacity",
    "exposure": "Exposure and identity",
    "operations": "Operations",
}


def pages() -> Iterator[tuple[str, str]]:
    """Give the file name and the text of each page."""
    rules = load()
    for topic in TOPICS:
        yield f"{topic}.md", _topic(topic, [rule for rule in rules if rule.topic == topic])
    yield "coverage.md", _coverage(rules)
    yield "README.md", _contents(rules)


def _contents(rules: Sequence[Rule]) -> str:
    lines = [
        _HEAD,
        "# Policies\n",
        f"{len(rules)} rules, each one sentence that every resource of a stack keeps.\n",
    ]
    for topic in TOPICS:
        lines += [f"## [{_TITLES[topic]}]({topic}.md)\n"]
        lines += [f"- [{rule.says}]({topic}.md#{rule.name})" for rule in rules if rule.topic == topic]
        lines += [""]
    lines += [
        "What they cover of GDPR, HIPAA, ISO 27001, SOC 2, NIST 800-53 and CIS, and what not: [coverage](coverage.md).",
        "What they find in stacks with one defect: [mutations](mutations.md).",
    ]
    return "\n".join(lines) + "\n"


def _topic(topic: str, rules: Sequence[Rule]) -> str:
    return "\n".join([_HEAD, f"# {_TITLES[topic]}\n", *(_rule(rule) for rule in rules)])


def _rule(rule: Rule) -> str:
    facts = [
        f"- **Severity** {rule.severity.value}, {rule.level.value}; {_UNKNOWN[rule.on_unknown]}",
        f"- **Fix** {rule.fix}",
        f"- **Controls** {_controls(rule)}",
        f"- **Judged before each create** {_types(rule.at_create)}" if rule.at_create else "",
        f"- **Judged with the whole stack** {_types(rule.in_stack)}" if rule.in_stack else "",
        f"- **Mended when set to `remediate`** {_types(rule.remedies)}" if rule.remedies else "",
        *(
            f"- **Option** `{name}` (default `{option.default}`): {option.says}"
            for name, option in rule.options.items()
        ),
    ]
    return "\n".join([f"## {rule.name}\n", f"{rule.says}. {rule.why}.\n", *filter(None, facts), ""])


def _controls(rule: Rule) -> str:
    return "; ".join(f"{name} {', '.join(ids)}" for name, ids in rule.frameworks.named().items())


def _types(kinds: Iterable[str]) -> str:
    return ", ".join("every resource" if kind == "*" else f"`{kind}`" for kind in sorted(kinds))


def _coverage(rules: Sequence[Rule]) -> str:
    lines = [
        _HEAD,
        "# Coverage\n",
        "Which controls of each framework a rule serves. A gap is a control that no rule serves.\n",
    ]
    for name, controls in coverage(rules).items():
        covered = sum(1 for names in controls.values() if names)
        gaps = [control for control, names in controls.items() if not names]
        lines += [f"## {name}: {covered} of {len(controls)}\n", "| control | rules |", "|---|---|"]
        lines += [f"| {control} | {', '.join(names)} |" for control, names in controls.items() if names]
        lines += ["", f"Gaps: {', '.join(gaps) or 'none'}.", ""]
    return "\n".join(lines)
