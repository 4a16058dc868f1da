"""A rule of the policy pack."""

from collections.abc import Iterator

from console.explain.topic import Part, Topic
from policy.model.rule import OnUnknown, Rule
from policy.rules import load

_UNKNOWN = {OnUnknown.FAIL: "stops the run", OnUnknown.WARN: "is a warning"}
PAGE = "docs/policies/README.md"


def overview() -> Topic:
    """List all rules."""
    rules = load()
    parts = tuple(Part(rule.name, rule.severity.value, f"{rule.says}.") for rule in rules)
    return Topic("rule", "rules", "", f"What every stack is judged by: {len(rules)} rules.", parts, PAGE)


def all_of_them() -> dict[str, Rule]:
    """Give the rules by name."""
    return {rule.name: rule for rule in load()}


def topic(rule: Rule) -> Topic:
    """Say what a rule wants, why, and how to keep it."""
    return Topic("rule", rule.name, "", f"{rule.says}. {rule.why}.", tuple(_facts(rule)), rule.url)


def _facts(rule: Rule) -> Iterator[Part]:
    yield Part("severity", f"{rule.severity.value}, {rule.level.value}")
    yield Part("unverified", _UNKNOWN[rule.on_unknown])
    yield Part("fix", rule.fix)
    for name, controls in rule.frameworks.named().items():
        yield Part(name, ", ".join(controls))
    for name, option in rule.options.items():
        yield Part(name, option.default, option.says)
    for heading, kinds in (("judges", {*rule.at_create, *rule.in_stack}), ("mends", set(rule.remedies))):
        if kinds:
            yield Part(heading, "every resource" if "*" in kinds else ", ".join(sorted(kinds)))
