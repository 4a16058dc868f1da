"""`causeway machines`: a table for people, JSON for programs, one clear error for mistakes."""

import json

import pytest

from console import machines
from console.failures import Failed


def test_the_table_has_price_fabric_and_the_reason_of_what_is_unpriced(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A p5 shows its 32 EFA and its price; p5e shows UNPRICED, with the reason below."""
    machines.run("aws")
    lines = capsys.readouterr().out.splitlines()
    p5 = next(line for line in lines if "p5.48xlarge" in line)
    assert "efa 32 x 100 Gbit/s" in p5
    assert "6.8800" in p5
    assert "UNPRICED" in next(line for line in lines if "p5e.48xlarge" in line)
    assert any("no on-demand price is published" in line for line in lines)
    assert max(map(len, lines)) <= 120


def test_a_region_shows_only_what_is_priced_there(capsys: pytest.CaptureFixture[str]) -> None:
    """A region picks its own cloud; machines without a price there are left out."""
    machines.run(region="eu-north-1")
    out = capsys.readouterr().out
    assert "p5.48xlarge" in out
    assert "a3-megagpu-8g" not in out
    assert "UNPRICED" not in out


def test_json_has_facts_price_and_sources(capsys: pytest.CaptureFixture[str]) -> None:
    """Every machine of every platform is a JSON object with its source, and a price or a reason."""
    machines.run(as_json=True)
    rows = json.loads(capsys.readouterr().out)
    assert {row["platform"] for row in rows} == {"aws", "gcp", "azure", "onprem", "local"}
    for row in rows:
        assert row["source"]
        assert row["price"]["usd"] > 0 if "price" in row else row["unpriced"]["reason"]
    b300 = next(row for row in rows if row["name"] == "p6-b300.48xlarge")
    assert (b300["cards"]["count"], b300["cards"]["fabric_from"], b300["link"]["nics"]) == (17, 1, 16)


@pytest.mark.parametrize(
    ("platform", "region", "text"),
    [
        ("asw", None, "Did you mean 'aws'"),
        ("aws", "eu-wset-1", "Did you mean 'eu-west-1'"),
        (None, "mars", "'mars'"),
    ],
)
def test_a_mistake_is_one_clear_error(platform: str | None, region: str | None, text: str) -> None:
    """A misspelt platform, a misspelt region and an unknown one each end with what helps."""
    with pytest.raises(Failed, match=text):
        machines.run(platform, region)
