"""The verb: find what a name is, and say it."""

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from console import say
from console.explain import machine, rule, setting
from console.explain.topic import Topic
from infra.problems import Problem, ProblemsError, nearest
from infra.settings.stackfile import PREFIX

_RULES = "rules"


def run(name: str | None = None, *, as_json: bool = False) -> None:
    """Print what a name means, or JSON.

    Args:
        name: A setting's path, a rule, a machine type, or `rules` for all rules. Default: all settings.
        as_json: Whether a machine reads it.

    Raises:
        ProblemsError: Nothing has this name; the error gives the nearest.
    """
    topic = find(name)
    if as_json:
        say.as_json(_document(topic))
    else:
        _print(topic)


def find(name: str | None) -> Topic:
    """Find what has a name."""
    if name is None:
        return setting.overview()
    if name == _RULES:
        return rule.overview()
    rules, machines = rule.all_of_them(), machine.all_of_them()
    if name in rules:
        return rule.topic(rules[name])
    if name in machines:
        return machine.topic(machines[name])
    top = name.removeprefix(PREFIX).split(".")[0]
    # a misspelt path is for the settings to tell, a misspelt word may be one of anything
    if top in setting.names() or top != name:
        return setting.find(name)
    near = nearest(name, [*setting.names(), *rules, *machines, _RULES])
    allowed = "a setting's path, a rule, a machine type, `rules`, or no name for all settings"
    raise ProblemsError("nothing to explain", [Problem(name, "nothing has this name", allowed, near)])


def _print(topic: Topic) -> None:
    # a pipe has no width of its own, and rich would fold it at 80 columns
    page = say.out if say.out.is_terminal else Console(highlight=False, emoji=False, width=120)
    page.print(f"[bold]{escape(topic.name)}[/]  [dim]{escape(topic.value or topic.kind)}[/]")
    if topic.meaning:
        page.print(escape(topic.meaning))
    if topic.parts:
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        table.add_column(overflow="fold")
        for part in topic.parts:
            table.add_row(escape(part.name), escape(_plain(part.value)), escape(part.meaning))
        page.print()
        page.print(table)
    page.print(f"\n[dim]{escape(topic.more)}[/]")


def _plain(value: Any) -> str:
    """Write a fact for people.

    >>> _plain(["a", "b"]), _plain({"spot": "rare"}), _plain(3200.0)
    ('a, b', 'spot: rare', '3200')
    """
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(one)}" for name, one in value.items())
    return f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)


def _document(topic: Topic) -> dict[str, Any]:
    document = asdict(topic)
    parts = {part.pop("name"): {k: v for k, v in part.items() if v != ""} for part in document.pop("parts")}
    return {**{key: value for key, value in document.items() if value}, "parts": parts}
