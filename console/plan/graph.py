"""The components of a stack as a graph: Mermaid for pull requests, SVG for the page. Arrows go to what is needed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from console.plan import words
from console.plan.model import Node

MOST = 40
"""Components that are drawn; a larger graph is no picture any more."""

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _EDGE = 214, 52, 24, 48, 12


def mermaid(nodes: Sequence[Node]) -> list[str]:
    """Give a flow chart; classes colour what changes."""
    drawn = nodes[:MOST]
    ids = {node.title: f"n{index}" for index, node in enumerate(drawn)}
    lines = ["flowchart TB"]
    lines += [f'  {ids[node.title]}["{_plain(node.title)}<br/>{_plain(_note(node))}"]' for node in drawn]
    lines += [f"  {ids[name]} --> {ids[needed]}" for name, found in direct(drawn).items() for needed in found]
    lost = [ids[node.title] for node in drawn if {"replace", "delete"} & set(node.counts)]
    return lines + ([f"  style {name} stroke:#c02b2b,stroke-width:2px" for name in lost])


def svg(nodes: Sequence[Node]) -> str:
    """Draw the components in rows: what needs nothing stands below what needs it. Empty for no components."""
    drawn = nodes[:MOST]
    if not drawn:
        return ""
    places = _places(drawn)
    wide = max(x for x, _ in places.values()) + _WIDTH + _EDGE
    high = max(y for _, y in places.values()) + _HEIGHT + _EDGE
    arrows = [
        _arrow(places[name], places[needed]) for name, found in direct(drawn).items() for needed in found
    ]
    boxes = [_box(node, *places[node.title]) for node in drawn]
    return (
        f'<svg class="graph" viewBox="0 0 {wide} {high}" style="min-width:{min(wide, 640)}px" role="img" '
        f'aria-label="Components and what they need">{"".join(arrows)}{"".join(boxes)}</svg>'
    )


def direct(nodes: Sequence[Node]) -> Mapping[str, tuple[str, ...]]:
    """Give what each component needs, without what it needs through another one anyway: a picture stays readable."""
    needs = {node.title: node.needs for node in nodes}
    drawn = {title: [one for one in found if one in needs and one != title] for title, found in needs.items()}
    return {
        title: tuple(
            one for one in found if not any(one in _reach(other, drawn) for other in found if other != one)
        )
        for title, found in drawn.items()
    }


def _reach(start: str, needs: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    ahead = [start]
    while ahead:
        fresh = set(needs[ahead.pop()]) - found
        found |= fresh
        ahead += fresh
    return found


def _places(nodes: Sequence[Node]) -> dict[str, tuple[int, int]]:
    rows = _rows(nodes)
    top = max(rows.values())
    widest = max(Counter(rows.values()).values())
    needs = direct(nodes)
    places: dict[str, tuple[int, int]] = {}
    for row in range(top + 1):
        # each stands near what it needs, which is placed already: so few lines cross
        titles = sorted(
            (one for one in rows if rows[one] == row), key=lambda one: _middle(needs[one], places)
        )
        spare = (widest - len(titles)) / 2
        for at, title in enumerate(titles):
            x = _EDGE + (at + spare) * (_WIDTH + _GAP_X)
            places[title] = (round(x), _EDGE + (top - row) * (_HEIGHT + _GAP_Y))
    return places


def _middle(needed: Sequence[str], places: Mapping[str, tuple[int, int]]) -> float:
    found = [places[one][0] for one in needed if one in places]
    return sum(found) / len(found) if found else 0.0


def _rows(nodes: Sequence[Node]) -> Mapping[str, int]:
    """Give each node a row above all that it needs; names may form rings, which end at the node they began with."""
    needs = {node.title: node.needs for node in nodes}
    rows: dict[str, int] = {}

    def row(name: str, above: frozenset[str]) -> int:
        if name not in rows:
            ahead = [one for one in needs[name] if one in needs and one not in above and one != name]
            rows[name] = max((row(one, above | {name}) + 1 for one in ahead), default=0)
        return rows[name]

    for node in nodes:
        row(node.title, frozenset())
    return rows


def _arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1, x2, y2 = start[0] + _WIDTH / 2, start[1] + _HEIGHT, end[0] + _WIDTH / 2, end[1]
    bend = max(24.0, (y2 - y1) / 2)
    return f'<path d="M{x1:.0f} {y1}C{x1:.0f} {y1 + bend:.0f} {x2:.0f} {y2 - bend:.0f} {x2:.0f} {y2}"/>'


def _box(node: Node, x: int, y: int) -> str:
    return (
        f'<g class="{_class(node)}"><rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="8"/>'
        f'<text x="{x + 10}" y="{y + 21}" class="title">{escape(_short(node.title))}</text>'
        f'<text x="{x + 10}" y="{y + 40}">{escape(_short(_note(node)))}</text></g>'
    )


def _class(node: Node) -> str:
    if {"replace", "delete"} & set(node.counts):
        return "lost"
    return "changed" if set(node.counts) - {"same", "read"} else "same"


def _note(node: Node) -> str:
    parts = [
        f"{words.MARKS[verb]}{number}" for verb, number in node.counts.items() if verb not in {"same", "read"}
    ]
    same = sum(number for verb, number in node.counts.items() if verb in {"same", "read"})
    parts += [f"{same} same"] if same else []
    parts += [f"{node.monthly:,.0f} USD"] if node.monthly else []
    return ", ".join(parts) or "no resources"


def _short(text: str) -> str:
    return text if len(text) <= 28 else f"{text[:27]}…"


def _plain(text: str) -> str:
    return text.replace('"', "'").replace("<", "(").replace(">", ")")
