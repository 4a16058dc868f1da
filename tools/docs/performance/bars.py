"""Bars with their spread, as SVG: no script, no library, no font to fetch, equal figures give equal bytes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

WIDTH = 760
_LEFT, _RIGHT, _BAR, _STEP, _GAP, _HEAD = 176, 190, 20, 30, 22, 30

PALETTES: Mapping[str, Mapping[str, str]] = {
    "light": {"paper": "#ffffff", "ink": "#1b2430", "dim": "#5b6672", "ours": "#1766d6", "peer": "#b3bcc7"},
    "dark": {"paper": "#10151c", "ink": "#e6ebf1", "dim": "#9aa6b4", "ours": "#6aa9ff", "peer": "#4a5665"},
}
"""Colours of the plan's page, for a light and a dark ground."""


@dataclass(frozen=True)
class Bar:
    """One figure."""

    name: str
    value: float
    low: float
    high: float
    text: str
    """The figure in words, at the end of the row."""
    peer: bool = False
    """Whether it is what ours stands beside."""


@dataclass(frozen=True)
class Panel:
    """Bars on a scale of their own, from 0."""

    title: str
    bars: Sequence[Bar]


def svg(title: str, panels: Sequence[Panel], note: str, palette: Mapping[str, str]) -> str:
    """Draw the panels one below another; `note` says what bar and line are."""
    tops = list(_tops(panels))
    height = tops[-1] + 30
    body = "".join(_panel(panel, top, palette) for panel, top in zip(panels, tops, strict=False))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label={quoteattr(title)} font-family="system-ui, sans-serif" font-size="13">'
        f'<rect width="{WIDTH}" height="{height}" rx="6" fill="{palette["paper"]}"/>{body}'
        f"{_text(16, height - 16, note, palette['dim'])}</svg>\n"
    )


def _tops(panels: Sequence[Panel]) -> Iterator[int]:
    top = 16
    for panel in panels:
        yield top
        top += _HEAD + _STEP * len(panel.bars) + _GAP
    yield top


def _panel(panel: Panel, top: int, palette: Mapping[str, str]) -> str:
    most = max(bar.high for bar in panel.bars)
    scale = (WIDTH - _LEFT - _RIGHT) / most
    head = _text(16, top + 14, panel.title, palette["ink"], ' font-weight="600"')
    rows = (_row(bar, top + _HEAD + _STEP * at, scale, palette) for at, bar in enumerate(panel.bars))
    return head + "".join(rows)


def _row(bar: Bar, top: int, scale: float, palette: Mapping[str, str]) -> str:
    middle = top + _BAR // 2
    low, high = (_LEFT + value * scale for value in (bar.low, bar.high))
    drawn = (
        f'<rect x="{_LEFT}" y="{top}" width="{bar.value * scale:.1f}" height="{_BAR}" rx="2" '
        f'fill="{palette["peer" if bar.peer else "ours"]}"/>'
    )
    if high - low >= 1:
        ends = "".join(f"M{x:.1f} {middle - 4}v8" for x in (low, high))
        drawn += (
            f'<path d="M{low:.1f} {middle}H{high:.1f}{ends}" stroke="{palette["ink"]}" stroke-width="1.5"/>'
        )
    label = _text(_LEFT - 10, middle + 4, bar.name, palette["ink"], ' text-anchor="end"')
    return label + drawn + _text(round(high) + 10, middle + 4, bar.text, palette["ink"])


def _text(x: int, y: int, text: str, colour: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" fill="{colour}"{more}>{escape(text)}</text>'
