"""Values of charts beside the charts' own: a name that no chart knows is silently ignored by Helm, and told here."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from console.judge import modules
from console.judge.objects import opened, resources

RELEASE = "kubernetes:helm.sh/v3:Release"


@dataclass(frozen=True)
class Release:
    """One chart of a stack, installed."""

    urn: str
    chart: str
    version: str
    values: Mapping[str, Any]


def releases(deployment: Mapping[str, Any]) -> tuple[Release, ...]:
    """List the charts of a stack."""
    found = [(one["urn"], opened(one["inputs"])) for one in resources(deployment) if one["type"] == RELEASE]
    return tuple(
        Release(urn, _name(given["chart"]), str(given.get("version", "")), given.get("values") or {})
        for urn, given in found
    )


def complaints(release: Release) -> Iterator[str]:
    """Name each value that the chart does not know.

    Raises:
        LookupError: The chart can't be had.
    """
    known, text = _chart(release.chart, release.version)
    yield from _unknown(release.values, known, text, "values")


def _unknown(given: Mapping[str, Any], known: Mapping[str, Any], text: str, path: str) -> Iterator[str]:
    for key, value in given.items():
        place = f"{path}.{key}"
        if key not in known:
            # some values stand in no file but in a template, or belong to a chart within the chart
            if f".{key}" not in text and f"name: {key}" not in text and f"alias: {key}" not in text:
                yield f"{place}: the chart knows no such value"
        elif isinstance(value, Mapping) and isinstance(known[key], Mapping) and known[key]:
            yield from _unknown(value, known[key], text, place)


@cache
def _chart(name: str, version: str) -> tuple[Mapping[str, Any], str]:
    """Give a chart's default values, and the text of its templates and of what it depends on."""
    row = _row(name)
    if row["chart"] != version:
        raise LookupError(f"known of the chart is {row['chart']}, and not {version}")
    folder = row["folder"]
    module = modules.Module(row["module"], row["version"], row["sum"])
    found = modules.files(module, (f"{folder}/values.yaml", f"{folder}/Chart.yaml", f"{folder}/templates/*"))
    values = yaml.safe_load(found.pop(f"{folder}/values.yaml")) or {}
    return values, "\n".join(found.values())


def _row(name: str) -> Mapping[str, str]:
    table = tomllib.loads(Path(__file__).with_name("charts.toml").read_text(encoding="utf-8"))
    rows: Mapping[str, Mapping[str, str]] = table
    if "why" in (row := rows.get(name, {"why": "no Go module with the chart is known"})):
        raise LookupError(row["why"])
    return row


def _name(chart: str) -> str:
    return chart.rstrip("/").rpartition("/")[2]
