"""What a job hands back: a JSON object in a file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LARGEST = 1024 * 1024
"""Bytes; a result is figures and addresses, data belongs in a bucket."""


@dataclass(frozen=True)
class Result:
    """A result file."""

    path: str
    required: bool
    """Whether a job that writes none has failed."""

    def read(self) -> dict[str, Any]:
        """Read the object, empty when there is none and none is required; ValueError tells the user what is wrong."""
        try:
            text = Path(self.path).read_text(encoding="utf-8")
        except FileNotFoundError:
            if self.required:
                raise ValueError(f"it ended without writing its result to {self.path}") from None
            return {}
        return self._parse(text)

    def _parse(self, text: str) -> dict[str, Any]:
        if len(text) > LARGEST:
            raise ValueError(f"its result {self.path} has more than {LARGEST} bytes")
        try:
            value = json.loads(text, parse_constant=_refuse)
        except ValueError as error:
            raise ValueError(f"its result {self.path} is not JSON: {error}") from None
        if not isinstance(value, dict):
            raise ValueError(f"its result {self.path} is not a JSON object but a {type(value).__name__}")  # noqa: TRY004 - a user's mistake is a ValueError
        return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a JSON number")
