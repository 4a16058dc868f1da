"""The rules: one folder a topic, one file a rule, every platform side by side in it."""

import dataclasses
import importlib
import pkgutil

from policy.model.rule import Rule

TOPICS = ("residency", "encryption", "budget", "fabric", "exposure", "operations")
"""The folders, in the order in which pages print them."""


def load() -> tuple[Rule, ...]:
    """Give every rule: each file of a topic's folder declares one as `RULE`, named like the file."""
    return tuple(rule for topic in TOPICS for rule in _of(topic))


def _of(topic: str) -> list[Rule]:
    package = importlib.import_module(f"policy.rules.{topic}")
    files = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return [_rule(topic, file) for file in files]


def _rule(topic: str, file: str) -> Rule:
    rule: Rule = importlib.import_module(f"policy.rules.{topic}.{file}").RULE
    assert rule.name == file.replace("_", "-"), f"{topic}/{file}.py declares the rule {rule.name}"
    return dataclasses.replace(rule, topic=topic)
