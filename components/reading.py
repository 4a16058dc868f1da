"""Reading a component's loose arguments into its frozen shape: one helper for every capability.

Arguments come from any language through Pulumi's schema: integers arrive as floats, optional keys may be absent,
and values that another resource will give arrive as outputs. What decides the graph must be plain.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi

from infra.platforms import PLATFORMS, Platform
from infra.problems import Problem, ProblemsError, nearest


class Reader:
    """Takes values out of a mapping one by one, collects every mistake, and raises them together at the end."""

    def __init__(
        self,
        component: str,
        args: Mapping[str, Any],
        known: Iterable[str],
        problems: list[Problem] | None = None,
        prefix: str = "",
    ) -> None:
        self._component = component
        self._args = args
        self._prefix = prefix
        self._problems = [] if problems is None else problems
        for name in args:
            if name not in known:
                self.refuse(name, "unknown argument", ", ".join(sorted(known)), nearest(name, known))

    def inside(self, prefix: str, args: Mapping[str, Any], known: Iterable[str]) -> "Reader":
        """Give a reader of a nested mapping; its mistakes are raised with this reader's, under `prefix`."""
        return Reader(self._component, args, known, self._problems, f"{self._prefix}{prefix}.")

    def platform(self) -> Platform:
        """Take the platform, required."""
        given = self.text("platform")
        if given not in PLATFORMS:
            self.refuse("platform", f"given {given!r}", ", ".join(PLATFORMS), nearest(given, PLATFORMS))
            return "local"
        return given  # type: ignore[return-value]  # checked against the same literal one line above

    def text(self, name: str, default: str | None = None) -> str:
        """Take a plain string."""
        value = self._plain(name, default)
        if value is not None and not isinstance(value, str):
            self.refuse(name, f"given {value!r}", "a string")
        return str(value or "")

    def choice(self, name: str, allowed: Iterable[str], default: str | None = None) -> str:
        """Take one of several words."""
        value, words = self.text(name, default), list(allowed)
        if value not in words:
            self.refuse(name, f"given {value!r}", ", ".join(words), nearest(value, words))
        return value

    def whole(self, name: str, default: int | None, low: int, high: int) -> int:
        """Take a whole number within bounds, both allowed."""
        value = self._plain(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            self.refuse(name, f"given {value!r}", f"a whole number from {low} to {high}")
            return low
        if not low <= value <= high:
            self.refuse(name, f"given {int(value)}", f"{low} to {high}")
        return int(value)

    def whole_or_none(self, name: str, low: int, high: int) -> int | None:
        """Take a whole number within bounds that may be absent."""
        return None if self._args.get(name) is None else self.whole(name, None, low, high)

    def flag(self, name: str, *, default: bool) -> bool:
        """Take true or false."""
        value = self._plain(name, default)
        if not isinstance(value, bool):
            self.refuse(name, f"given {value!r}", "true or false")
        return bool(value)

    def mapping(self, name: str) -> dict[str, Any]:
        """Take a mapping with plain keys; empty when absent."""
        value = self._plain(name, {})
        if not isinstance(value, Mapping):
            self.refuse(name, f"given {value!r}", "a mapping")
            return {}
        return dict(value)

    def listed(self, name: str) -> list[Any]:
        """Take a list of a plain length; empty when absent."""
        value = self._plain(name, [])
        if not isinstance(value, list | tuple):
            self.refuse(name, f"given {value!r}", "a list")
            return []
        return list(value)

    def flowing(self, name: str) -> Any:
        """Take a value that may be another resource's output; None when absent."""
        return self._args.get(name)

    def required(self, name: str) -> Any:
        """Take a value that may be another resource's output and must be there."""
        value = self._args.get(name)
        if value is None:
            self.refuse(name, "is missing", "a value is needed here")
        return value

    def refuse(self, name: str, text: str, allowed: str = "", suggestion: str = "") -> None:
        """Note a mistake."""
        self._problems.append(Problem(f"{self._prefix}{name}", text, allowed, suggestion))

    def done(self) -> None:
        """Raise all mistakes together, if there are any.

        Raises:
            ProblemsError: Carries every mistake, titled with the component's name.
        """
        if self._problems:
            raise ProblemsError(f"{self._component} can't be built", self._problems)

    def _plain(self, name: str, default: Any) -> Any:
        value = self._args.get(name, default)
        if value is None and default is None:
            self.refuse(name, "is missing", "a value is needed here")
            return ""
        if isinstance(value, pulumi.Output):
            self.refuse(
                name, "is another resource's output", "a plain value, since it decides what is created"
            )
            return default
        return default if value is None else value
