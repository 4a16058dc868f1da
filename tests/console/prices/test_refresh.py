"""The whole verb: from lists on this machine to a renewed table, or to one clear error."""

import csv
import json
import re
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from console.commands import app
from console.prices import table
from console.prices.judge import judged
from console.prices.quote import Quote
from infra.catalog import prices as catalogue
from policy.rules.budget.prices_are_fresh import RULE
from tests.console.prices import lists as made
from tests.console.prices.lists import Lists, Reply

P5 = "p5.48xlarge"
HERE = ("--platform", "aws", "--region", "eu-north-1")


@pytest.fixture
def prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of the table that the verb may write."""
    copy = tmp_path / "prices.csv"
    copy.write_bytes(table.FILE.read_bytes())
    monkeypatch.setattr(table, "FILE", copy)
    return copy


def addresses(lists: Lists, folder: Path) -> str:
    """Write addresses of this machine in the place of the clouds'."""
    file = folder / "addresses.yaml"
    rows = [("aws", "", "aws-price-list"), ("azure", "/prices", "azure-retail-prices")]
    file.write_text("".join(f"- {{platform: {c}, url: '{lists.url}{p}', source: {s}}}\n" for c, p, s in rows))
    return str(file)


def run(*words: str) -> Result:
    """Type the verb."""
    return CliRunner().invoke(app, ["refresh-prices", *words])


def rows_of(file: Path, sku: str, region: str) -> list[dict[str, str]]:
    """Read the table's rows of one thing."""
    with file.open() as lines:
        return [row for row in csv.DictReader(lines) if (row["sku"], row["region"]) == (sku, region)]


def test_a_price_is_renewed_with_source_and_day(lists: Lists, prices: Path, tmp_path: Path) -> None:
    """One list replaces what several sources said of one thing; the page shows before and after, the rest stays."""
    lists.put(made.aws_path("AmazonEC2"), made.aws_list(made.aws_machine(P5, 51.5)))
    before = prices.read_text().splitlines()
    result = run(*HERE, "--addresses", addresses(lists, tmp_path))
    assert result.exit_code == 0, result.output
    found = [row for row in rows_of(prices, P5, "eu-north-1") if row["kind"] == "on-demand"]
    assert [(row["usd"], row["source"], row["note"]) for row in found] == [
        ("51.5", "aws-price-list", "published 2026-11-20")
    ]
    assert all(len(row["as_of"]) == 10 for row in found)
    assert "58.8928" in result.output
    assert "-12.6 %" in result.output
    others = [line for line in before if f"{P5},eu-north-1" not in line]
    assert sorted(others) == sorted(
        line for line in prices.read_text().splitlines() if f"{P5},eu-north-1" not in line
    )


@pytest.mark.never_again
def test_an_absurd_price_is_refused_and_shown(lists: Lists, prices: Path, tmp_path: Path) -> None:
    """Thread skypilot #9156, a B200 for a cent: refused, the list's other prices are written; --accept takes it."""
    lists.put(
        made.aws_path("AmazonEC2"),
        made.aws_list(made.aws_machine(P5, 0.01), made.aws_machine("g6.xlarge", 0.9)),
    )
    where = addresses(lists, tmp_path)
    result = run(*HERE, "--addresses", where, "--json")
    assert result.exit_code == 1
    told = json.loads(result.output)
    assert [(one["sku"], one["verdict"]) for one in told["changes"] if one["sku"] == P5] == [(P5, "refused")]
    assert not told["ok"]
    assert told["written"]
    assert {row["usd"] for row in rows_of(prices, P5, "eu-north-1") if row["kind"] == "on-demand"} == {
        "58.8928"
    }
    assert [row["usd"] for row in rows_of(prices, "g6.xlarge", "eu-north-1")] == ["0.9"]
    assert run(*HERE, "--addresses", where, "--accept", P5).exit_code == 0
    assert {row["usd"] for row in rows_of(prices, P5, "eu-north-1") if row["kind"] == "on-demand"} == {"0.01"}


def test_a_dry_run_writes_nothing(lists: Lists, prices: Path, tmp_path: Path) -> None:
    """The change is shown, and the file is the same to the byte."""
    lists.put(made.aws_path("AmazonEC2"), made.aws_list(made.aws_machine(P5, 51.5)))
    before = prices.read_bytes()
    result = run(*HERE, "--addresses", addresses(lists, tmp_path), "--dry-run")
    assert result.exit_code == 0
    assert "nothing was written" in result.output
    assert prices.read_bytes() == before
    assert list(tmp_path.glob(".prices*")) == []


def test_one_cloud_that_fails_does_not_stop_the_others(lists: Lists, prices: Path, tmp_path: Path) -> None:
    """AWS is renewed, Azure is named with its reason, and the code says that not all went well."""
    lists.put(made.aws_path("AmazonEC2"), made.aws_list(made.aws_machine(P5, 51.5)))
    lists.put("/prices", Reply(b'{"error": {"message": "closed today"}}', 400))
    result = run(
        "--region",
        "eu-north-1",
        "--region",
        "westeurope",
        "--addresses",
        addresses(lists, tmp_path),
        "--json",
    )
    told = json.loads(result.output)
    assert result.exit_code == 1
    assert "closed today" in told["failed"]["azure"]
    assert [row["usd"] for row in rows_of(prices, P5, "eu-north-1") if row["kind"] == "on-demand"] == ["51.5"]


def test_without_any_list_there_is_one_error(
    prices: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No name resolves: which list, why, and what to do; nothing is written."""
    monkeypatch.setenv("no_proxy", "*")
    file = tmp_path / "addresses.yaml"
    file.write_text("- {platform: aws, url: 'https://prices.invalid', source: aws-price-list}\n")
    before = prices.read_bytes()
    result = run(*HERE, "--addresses", str(file))
    assert result.exit_code == 1
    assert "no price list could be read" in result.stderr
    assert "prices.invalid" in result.stderr
    assert "Nothing was changed" in result.stderr
    assert prices.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--platform", "azur"], "did you mean 'azure'"),
        (["--platform", "aws", "--region", "eu-nort-1"], "eu-north-1"),
        (["--region", "westeurop"], "did you mean 'westeurope'"),
        ([*HERE, "--addresses", "lists.json"], "a .yaml file is needed"),
        ([*HERE, "--addresses", "none.yaml"], "No such file"),
        ([*HERE, "--addresses", "FOREIGN"], "prices travel by https"),
        ([*HERE, "--addresses", "BROKEN"], "broken.yaml"),
    ],
)
def test_a_wrong_word_is_one_clear_error(words: list[str], text: str, tmp_path: Path, prices: Path) -> None:
    """The argument, what is wrong with it, and the nearest right name; the table is untouched."""
    before = prices.read_bytes()
    (tmp_path / "foreign.yaml").write_text(
        "- {platform: aws, url: 'http://example.org', source: aws-price-list}\n"
    )
    (tmp_path / "broken.yaml").write_text("- {platform: [\n")
    result = run(*(str(tmp_path / f"{word.lower()}.yaml") if word.isupper() else word for word in words))
    assert result.exit_code in {1, 2}
    assert text in result.stderr
    assert "bug in causeway" not in result.stderr
    assert prices.read_bytes() == before


def test_a_region_without_a_price_is_judged_by_others() -> None:
    """Where the table has nothing, other regions are the measure, and then the hour of the accelerator."""
    elsewhere = Quote("aws", P5, "il-central-1", "hour", 60.0)
    cheap = Quote("aws", P5, "il-central-1", "hour", 2.0)
    unknown = Quote("aws", "p5e.48xlarge", "us-east-1", "hour", 3.0)
    new = Quote("aws", "FSx for Lustre 125 MB/s/TiB", "me-south-1", "GB-month", 0.2)
    verdicts = {change.quote.usd: change for change in judged([elsewhere, cheap, unknown, new])}
    assert verdicts[60.0].verdict == "new"
    assert "other regions" in verdicts[60.0].why
    assert verdicts[2.0].verdict == "refused"
    assert verdicts[3.0].verdict == "refused"
    assert "accelerator" in verdicts[3.0].why


def test_the_cut_of_june_2025_is_believed() -> None:
    """From 98.32 to 55.04 is a real cut, 0.56 of the price: it moves, within the factor of two."""
    (change,) = judged([Quote("aws", P5, "us-east-1", "hour", 55.04 * 0.56)])
    assert change.verdict == "moved"
    (change,) = judged([Quote("aws", P5, "us-east-1", "hour", 55.04 * 0.49)])
    assert change.verdict == "refused"


def test_the_renewed_table_reads_as_a_table(prices: Path) -> None:
    """Every row of the new file is a row that the catalogue accepts, and what was not asked is all there."""
    quote = Quote("azure", "NAT gateway", "norwaywest", "hour", 0.045, note="in force since 2021-01-01")
    text = table.renewed([quote], {"azure": "azure-retail-prices"}, date(2026, 11, 22))
    table.write(text)
    rows = list(csv.DictReader(prices.read_text().splitlines()))
    assert len([catalogue._row(row) for row in rows]) == len(catalogue.every()) + 1
    assert [
        row["as_of"] for row in rows if row["region"] == "norwaywest" and row["sku"] == "NAT gateway"
    ] == ["2026-11-22"]


def test_the_rule_of_old_prices_names_this_verb() -> None:
    """What the rule tells people to type is a verb that exists."""
    typed = re.findall(r"causeway ([a-z-]+)", RULE.fix)
    assert typed
    assert set(typed) <= {one.name for one in app.registered_commands}
