"""The policy pack that judges every operation of the console."""

import json
from dataclasses import dataclass
from pathlib import Path

from infra import paths

_DELTA = "changes-stay-under-their-cap"


@dataclass(frozen=True)
class Judges:
    """What the engine is told about policies."""

    packs: tuple[str, ...] = ()
    """Folders of packs."""
    configs: tuple[str, ...] = ()
    """Configuration files, one a pack; none: as the packs are."""

    @property
    def options(self) -> list[str]:
        """Give the words of the engine's command line."""
        given = [("--policy-pack", pack) for pack in self.packs]
        given += [("--policy-pack-config", config) for config in self.configs]
        return [word for pair in given for word in pair]


def judges(folder: Path, baseline: float | None) -> Judges:
    """Seat the judges.

    Args:
        folder: Private, for their configuration.
        baseline: USD a month of the stack before the change; None when there is no before.
    """
    pack = str(paths.project() / "policy")
    if baseline is None:
        return Judges((pack,))
    file = folder / "judges.json"
    file.write_text(json.dumps({_DELTA: {"baselineUsd": round(baseline, 6)}}), encoding="utf-8")
    return Judges((pack,), (str(file),))
