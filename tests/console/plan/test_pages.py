"""The pages of a plan: complete, bounded, escaped, equal for equal input."""

import io
import json
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from console.plan import documents, graph, html, markdown, terminal
from console.plan.make import make
from console.plan.model import Plan
from console.plan.recording import Recording

from .made import POOL, created, environment, finding, growth, judged, pool, state, step, urn

EVIL = '<img src=x onerror="alert(1)">'


def huge(resources: int = 1500) -> Plan:
    """Plan far more than any page can show."""
    events = [environment(cap=1)]
    for number in range(resources):
        name = f"pool-{number:04}"
        old = state(POOL, name, pool(number % 5 + 1))
        op = "delete" if number % 3 == 0 else "update"
        new = None if op == "delete" else state(POOL, name, pool(number % 5 + 2))
        events.append(step(op, old, new))
        text = f"rule {number}\nwhat     {urn(POOL, name)}: something is wrong here {'x' * 200}\nfix      mend it"
        events.append(finding(f"rule-{number % 300}", text, name))
    return make(Recording((*events, *judged("1.00"))), "test")


def shown(plan: Plan) -> str:
    """Give the terminal's text."""
    console = Console(width=120, file=io.StringIO())
    with console.capture() as captured:
        terminal.show(plan, console)
    return captured.get()


PAGES = (markdown.page, html.page, documents.as_json, documents.sarif, documents.junit, shown)


@pytest.mark.parametrize("render", PAGES)
def test_equal_input_gives_equal_bytes(render: Callable[[Plan], str]) -> None:
    """Two plans of one recording give the same page, byte for byte."""
    assert render(make(growth(), "test")) == render(make(growth(), "test"))


def test_the_headline_has_the_delta_the_total_and_its_range() -> None:
    """Markdown, HTML and the terminal say the same money."""
    plan = make(growth(), "test")
    for page in (markdown.page(plan), html.page(plan), shown(plan)):
        assert "+40,179.20" in page
        assert "362,787.81" in page
        assert "362,200.30" in page
        assert "8 → 9" in page


def test_a_reservation_is_called_one_and_its_price_says_what_it_is() -> None:
    """The rows of machines and of money name the reservation; a line says that its price is the on-demand one."""
    target = {"capacityReservationTarget": {"capacityReservationId": "cr-0123456789abcdef0"}}
    bought = created(
        "aws:ec2/launchTemplate:LaunchTemplate", "train", {"capacityReservationSpecification": target}
    )
    plan = make(Recording((environment(), bought, created(POOL, "train", pool(8)))), "test")
    assert [need.capacity for need in plan.needs] == ["reserved"]
    for page in (markdown.page(plan), html.page(plan), " ".join(shown(plan).split())):
        assert "p5.48xlarge, reserved" in page
        assert (
            "p5.48xlarge, reserved: the on-demand price, charged like a running machine, used or not" in page
        )
        assert "p5.48xlarge, on-demand" not in page


def test_markdown_stays_short_whatever_the_stack() -> None:
    """1,500 resources and 300 rules: at most 60 lines before the details and 60,000 characters in all."""
    page = markdown.page(huge())
    head, _, _ = page.partition("<details>")
    assert len(head.splitlines()) <= markdown.HEAD_LINES
    assert len(page) <= markdown.LIMIT
    assert page.count("<details>") == page.count("</details>") >= 1
    assert "more: see the HTML or JSON page." in page
    assert page.startswith(markdown.marker("test"))


def test_a_terminal_prints_no_endless_lists() -> None:
    """Tables end with the number of what is left out."""
    text = shown(huge())
    assert "and 480 more" in text
    assert "and 1480 more" in text
    assert len(text.splitlines()) < 500


def test_html_is_self_contained_and_escapes_names() -> None:
    """No script, nothing fetched, and a resource's name can't become markup."""
    text = f"says\nwhat     {EVIL}"
    events = (
        created(POOL, EVIL, pool(1)),
        created("causeway:index:GpuCluster", EVIL),
        finding("x", text, EVIL),
    )
    page = html.page(make(Recording(events), "test"))
    assert "<img" not in page
    for foreign in ("<script", "http://", "https://", "src=", "@import"):
        assert foreign not in page.replace("&lt;img src=x", "")
    assert 'name="viewport"' in page
    assert "prefers-color-scheme: dark" in page


def test_a_bill_without_lines_has_no_table() -> None:
    """Columns stand over lines; where nothing is priced, as on an own site, the sum stands alone."""
    free = Recording((environment(), created("kubernetes:core/v1:Namespace", "pretrain")))
    bills = [html.page(make(plan, "test")).partition("<h2>Bill</h2>")[2] for plan in (free, growth())]
    assert ["<thead>" in bill for bill in bills] == [False, True]
    assert "0 priced lines, 0.00 USD" in bills[0]


def test_sarif_names_rule_place_and_level() -> None:
    """Each result points to a rule by its index, to a file and line, and exempted ones are suppressed."""
    exempt = "says\nwhat     y\nexempt   until 2027-03-31 by ada"
    events = (finding("a", "says\nwhat     y\nfix      z", "one"), finding("b", exempt, "one", "advisory"))
    log = json.loads(documents.sarif(make(Recording(events), "test")))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    first, second = run["results"]
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"] == "a"
    assert (first["level"], second["level"]) == ("error", "warning")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "stacks/Pulumi.test.yaml"
    assert place["region"]["startLine"] == 1
    assert "suppressions" not in first
    assert second["suppressions"][0]["justification"] == "until 2027-03-31 by ada"


def test_junit_fails_the_rules_that_stop() -> None:
    """One case a rule and one for all that passed; only mandatory verdicts are failures."""
    events = (
        finding("a", f"says\nwhat     y {EVIL}\x07", "one"),
        finding("b", "says\nwhat     y", "one", "advisory"),
        *judged("0.00", ("a", "b", "c")),
    )
    root = ET.fromstring(documents.junit(make(Recording(events), "test")))
    assert (root.get("tests"), root.get("failures")) == ("3", "1")
    cases = {case.get("name"): case.find("failure") is not None for case in root.iter("testcase")}
    assert cases == {"1 of 3 rules found nothing": False, "a": True, "b": False}


def test_json_has_the_money_and_says_whether_it_stops() -> None:
    """The document's own sums are those of the bill."""
    document = json.loads(documents.as_json(make(growth(), "test")))
    assert (document["ok"], document["delta"], document["stops"]) == (True, 40179.2, 0)


def test_a_ring_of_components_is_drawn() -> None:
    """Two components that need each other neither hang nor fall out of the picture."""
    part = "causeway:index:Network"
    parts = [state(part, name) for name in ("one", "two")]
    inner = [state("aws:ec2/vpc:Vpc", name, parent=urn(part, name)) for name in ("one", "two")]
    events = tuple(step("create", None, new) for new in (*parts, *inner))
    digest = tuple(
        {"urn": new["urn"], "newState": {"dependencies": [other["urn"]]}}
        for new, other in zip(inner, reversed(inner), strict=True)
    )
    nodes = make(Recording(events, digest), "test").components
    assert [node.needs for node in nodes] == [("Network two",), ("Network one",)]
    assert graph.svg(nodes).count("<rect") == 2
    assert "n0 --> n1" in "\n".join(graph.mermaid(nodes))
    assert graph.svg(()) == ""
