"""The plan as one HTML file: no script, no network, readable on a phone, in light and in dark."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from console.plan import graph, words
from console.plan.model import Plan


def page(plan: Plan) -> str:
    """Fill the template; every value is escaped, a missing one is our bug and raises."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("plan.html.j2").render(
        plan=plan,
        bill=plan.bill,
        words=words,
        groups=words.grouped(plan.verdicts),
        picture=Markup(graph.svg(plan.components)),  # noqa: S704  graph.svg escapes every name itself
    )
