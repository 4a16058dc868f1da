"""The sums of several bills as bars with their ranges: one SVG file, no script, no library."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from console.cost.bills import Column

_LEFT, _RIGHT, _BAR, _STEP, _TOP = 16, 330, 22, 58, 62
_WIDTH = 960
_LEGEND = "bar: as declared; line: from the least to the most; dashed: the cap"


def bars(columns: Sequence[Column], title: str) -> str:
    """Draw one bar a column: the expected sum, a line from the least to the most, the cap as a dashed line."""
    most = max(
        [one.bill.after.high for one in columns] + [cap for one in columns if (cap := one.bill.cap)] + [1.0]
    )
    height = _TOP + _STEP * len(columns) + 24
    scale = (_WIDTH - _LEFT - _RIGHT) / most
    body = "".join(_bar(one, _TOP + _STEP * number, scale) for number, one in enumerate(columns))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="13"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style>"
        f'<rect class="paper" width="{_WIDTH}" height="{height}"/>'
        f'<text x="16" y="24" class="head">{escape(title)}</text>{body}'
        f'<text x="16" y="{height - 16}" class="dim">{_LEGEND}</text></svg>\n'
    )


_STYLE = (
    ".paper{fill:#fff}.bar{fill:#1766d6}.over{fill:#c02b2b}.range{stroke:#1b2430;stroke-width:2}"
    ".cap{stroke:#c02b2b;stroke-dasharray:4 3}text{fill:#1b2430}.dim{fill:#66717f}.head{font-weight:600}"
    "@media(prefers-color-scheme:dark){.paper{fill:#10151c}.bar{fill:#6aa9ff}.over{fill:#ff7b72}"
    ".range{stroke:#e6ebf1}text{fill:#e6ebf1}.dim{fill:#93a0af}}"
)


def _bar(column: Column, y: int, scale: float) -> str:
    bill, middle = column.bill, y + _BAR / 2
    over = bill.cap is not None and bill.after.expected > bill.cap
    low, expected, high = (
        _LEFT + value * scale for value in (bill.after.low, bill.after.expected, bill.after.high)
    )
    ends = f" ({bill.after.low:,.0f} to {bill.after.high:,.0f})" if high > low else ""
    gaps = f", {len(bill.unpriced) + len(bill.undecided)} unpriced" if bill.unpriced or bill.undecided else ""
    cap = _LEFT + (bill.cap or 0) * scale
    return (
        f'<text x="{_LEFT}" y="{y - 8}">{escape(_short(column.title))}</text>'
        f'<rect class="{"over" if over else "bar"}" x="{_LEFT}" y="{y}" height="{_BAR}" rx="3" '
        f'width="{max(expected - _LEFT, 0.5):.1f}"/>'
        + (
            f'<line class="range" x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}"/>'
            if high > low
            else ""
        )
        + (
            f'<line class="cap" x1="{cap:.1f}" x2="{cap:.1f}" y1="{y - 4}" y2="{y + _BAR + 4}"/>'
            if bill.cap
            else ""
        )
        + f'<text x="{_WIDTH - _RIGHT + 16}" y="{middle + 4:.1f}">{bill.after.expected:,.0f} USD'
        f'<tspan class="dim">{ends}{gaps}</tspan></text>'
    )


def _short(text: str) -> str:
    return text if len(text) <= 110 else f"{text[:109]}…"
