"""Every row says where it comes from, and every gap says why."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from infra.catalog import accelerators, compat, fabric, fabrics, feeds, machines, mig, prices, regions, rows
from infra.catalog.cost import own
from infra.catalog.machines import Machine
from infra.catalog.rows import Cited, UnknownFactError
from infra.platforms import PLATFORMS
from infra.problems import ProblemsError

PLAIN = {
    "platform": "aws",
    "name": "x.large",
    "arch": "amd64",
    "vcpus": 2,
    "memory_mib": 8192,
    "network_gbps": 1,
    "nvme_gb": 0,
    "source": ["karpenter-types"],
    "as_of": "2026-01-01",
}


def cited() -> Iterable[Cited]:
    """All rows of all tables."""
    yield from machines.all()
    yield from fabrics.all()
    yield from accelerators.all()
    yield from compat.rules()
    yield from fabric.floors()
    yield from mig.all()
    yield from regions.areas().values()
    yield from (location for platform in PLATFORMS for location in regions.all(platform))


def test_every_row_has_a_source_and_a_day() -> None:
    """No row of any table is without a listed source, and none comes from the future."""
    table = list(cited())
    assert len(table) > 300
    for row in table:
        assert row.source
        assert set(row.source) <= rows.sources().keys()
        assert row.as_of <= datetime.now(tz=UTC).date()


def test_every_price_has_a_listed_source() -> None:
    """Prices cite the same list of sources, and none is 0."""
    for platform, sku in (
        ("aws", "p5.48xlarge"),
        ("gcp", "a3-megagpu-8g"),
        ("azure", "Standard_ND96isr_H100_v5"),
    ):
        for price in prices.everywhere(platform, sku):
            assert set(price.source) <= rows.sources().keys()
            assert price.usd > 0


def test_no_source_is_listed_for_nothing() -> None:
    """A source that nothing cites any more is removed with its last row."""
    used = {name for row in cited() for name in row.source}
    used |= {name for row in cited() for conflict in row.conflicts for name in conflict.values}
    used |= {price.source[0] for price in prices.every()} | {"capacity-reservations", own.SOURCE}
    used |= {name for part in prices.parts_rows() for name in part.source}
    used |= {name for meter in (*feeds.aws(), *feeds.azure(), *feeds.gcp()) for name in meter.source}
    used |= {address.source for address in feeds.addresses().values()}
    assert set(rows.sources()) - used == set()


@pytest.mark.parametrize("source", [[], None])
def test_a_row_without_a_source_is_refused(source: list[str] | None) -> None:
    """A machine that cites nothing does not load."""
    with pytest.raises(ValidationError, match="source"):
        Machine.model_validate({**PLAIN, "source": source})


def test_a_row_with_an_unlisted_source_is_refused() -> None:
    """A source that sources.yaml does not list is no source."""
    with pytest.raises(ValidationError, match="hearsay"):
        Machine.model_validate({**PLAIN, "source": ["hearsay"]})


@pytest.mark.parametrize("field", ["vcpus", "memory_mib", "network_gbps", "nvme_gb"])
def test_a_gap_without_a_reason_is_refused(field: str) -> None:
    """What is left out needs a line under `unknown`; with it the row loads."""
    row = {key: value for key, value in PLAIN.items() if key != field}
    with pytest.raises(ValidationError, match=field):
        Machine.model_validate(row)
    machine = Machine.model_validate({**row, "unknown": {field: "nobody measured it"}})
    with pytest.raises(UnknownFactError, match="nobody measured it"):
        machine.need(field)


def test_a_misspelt_field_is_refused() -> None:
    """A key that the model does not know is a mistake of the file."""
    with pytest.raises(ValidationError, match="vcpu"):
        Machine.model_validate({**PLAIN, "vcpu": 2})


def test_all_mistakes_of_a_file_are_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two bad rows give two problems, each with the file, the row and the name."""
    monkeypatch.setattr(rows, "DATA", tmp_path)
    (tmp_path / "two.yaml").write_text("- {name: a, arch: risc}\n- {name: b}\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as error:
        rows.read("two", Machine)
    places = " ".join(problem.where for problem in error.value.problems)
    assert "two.yaml, row 1 (a)" in places
    assert "two.yaml, row 2 (b)" in places


def test_rows_cannot_be_changed() -> None:
    """A fact read from the table stays what it is."""
    machine = machines.get("aws", "p5.48xlarge")
    with pytest.raises(ValidationError):
        machine.vcpus = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        machine.labels["a"] = "b"  # type: ignore[index]
