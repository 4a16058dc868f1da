"""The file of exemptions: what holds, and what stops the run."""

import datetime as dt
from pathlib import Path

import pytest

from policy.judge.exemptions import LONGEST, ExemptionsError, covering, read
from policy.model.exemption import Exemption
from tests.policy.rules.case import RULES

TODAY = dt.date(2026, 11, 22)
GOOD = """
- urn: "urn:pulumi:aws-prod::causeway::*::legacy"
  rule: logs-use-our-keys
  reason: read by an auditor until the end of March
  approver: ada@example.org
  expires: {expires}
"""


def write(folder: Path, text: str) -> Path:
    """Write a file of exemptions."""
    file = folder / "exemptions.yaml"
    file.write_text(text)
    return file


def test_a_good_exemption_holds_on_its_last_day(tmp_path: Path) -> None:
    """Expiry is inclusive: an exemption until today holds today."""
    (found,) = read(write(tmp_path, GOOD.format(expires=TODAY)), RULES, TODAY)
    assert found.covers(
        "logs-use-our-keys", "urn:pulumi:aws-prod::causeway::aws:cloudwatch/logGroup:LogGroup::legacy"
    )
    assert not found.covers("logs-use-our-keys", "urn:pulumi:aws-dev::causeway::x::legacy")
    assert not found.covers("queues-use-our-keys", "urn:pulumi:aws-prod::causeway::x::legacy")


def test_no_file_and_an_empty_file_have_none(tmp_path: Path) -> None:
    """Exemptions are an exception: having none is the rule."""
    assert read(tmp_path / "exemptions.yaml", RULES, TODAY) == ()
    assert read(write(tmp_path, "# none\n[]\n"), RULES, TODAY) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.format(expires="2026-11-21"), "expired on 2026-11-21"),
        (GOOD.format(expires=TODAY + LONGEST + dt.timedelta(days=1)), "later than 180 days"),
        (GOOD.format(expires="soon"), "expires is 'soon', a day such as 2027-05-21"),
        (
            GOOD.format(expires="2026-12-01").replace("read by an auditor until the end of March", "todo"),
            "reason is 'todo'",
        ),
        (
            GOOD.format(expires="2026-12-01").replace("  approver: ada@example.org\n", ""),
            "approver is missing",
        ),
        (
            GOOD.format(expires="2026-12-01").replace("logs-use", "log-use"),
            "there is no rule 'log-use-our-keys'",
        ),
        (
            GOOD.format(expires="2026-12-01").replace("urn:pulumi:aws-prod::causeway::*::legacy", "*"),
            "covers everything",
        ),
        (GOOD.format(expires="2026-12-01") + "  until: 2027\n", "unknown field 'until'"),
        ("- just text\n", "a map with urn, rule, reason"),
        ("urn: x\n", "a list of exemptions is needed"),
        ("- [", "is no YAML"),
    ],
)
def test_a_mistake_stops_the_run(tmp_path: Path, text: str, message: str) -> None:
    """Expired, too long, malformed, without a reason or for everything: each is an error that says what is allowed."""
    with pytest.raises(ExemptionsError, match=message.replace("[", r"\[")):
        read(write(tmp_path, text), RULES, TODAY)


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    """Two bad entries give two lines, each with its number."""
    text = GOOD.format(expires="2020-01-01") + GOOD.format(expires="never")
    with pytest.raises(ExemptionsError) as caught:
        read(write(tmp_path, text), RULES, TODAY)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "exemptions.yaml, entry 1",
        "exemptions.yaml, entry 2",
    ]


def test_the_longest_exemption_is_the_one_that_is_shown() -> None:
    """Of two that cover a finding, the one that ends last says until when."""
    short = Exemption("*::a", "r", "for a while", "ada", dt.date(2026, 12, 1))
    long = Exemption("*::a", "r", "for a while", "ada", dt.date(2027, 1, 1))
    assert covering([short, long], "r", "urn::a") == long
    assert covering([short, long], "r", "urn::b") is None


def test_the_file_of_the_pack_is_good() -> None:
    """What ships with the pack can be read today."""
    file = Path(__file__).parents[2] / "policy" / "exemptions.yaml"
    assert read(file, RULES, dt.datetime.now(tz=dt.UTC).date()) is not None
