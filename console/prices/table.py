"""The price table on disk: rows are replaced, and the file is whole at every moment."""

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from console.prices.quote import Quote
from infra.catalog.rows import DATA

FILE = DATA / "prices.csv"
"""The table."""

Row = dict[str, str]


def renewed(quotes: Iterable[Quote], source: Mapping[str, str], today: date) -> str:
    """Give the table's text with the quotes in place of what it has for the same thing, region and kind.

    Args:
        quotes: Prices that were believed.
        source: The source's id by platform.
        today: The day on which they were read.
    """
    with FILE.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        fields, rows = list(reader.fieldnames or ()), list(reader)
    fresh = {_key(row): row for row in (_row(quote, source, today) for quote in quotes)}
    kept = [row for row in rows if _key(row) not in fresh]
    return _text(fields, sorted([*kept, *fresh.values()], key=_order))


def write(text: str) -> None:
    """Put a whole new file in the place of the old one."""
    handle, name = tempfile.mkstemp(dir=FILE.parent, prefix=f".{FILE.name}-")
    new = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        new.chmod(FILE.stat().st_mode & 0o777)
        new.replace(FILE)
    finally:
        new.unlink(missing_ok=True)


def _row(quote: Quote, source: Mapping[str, str], today: date) -> Row:
    return {
        "platform": quote.platform, "sku": quote.sku, "region": quote.region, "zone": "", "unit": quote.unit,
        "usd": f"{quote.usd:.10g}", "kind": quote.kind, "source": source[quote.platform],
        "as_of": today.isoformat(), "note": quote.note,
    }  # fmt: skip


def _key(row: Mapping[str, str]) -> tuple[str, str, str, str]:
    return row["platform"], row["sku"], row["region"], row["kind"]


def _order(row: Mapping[str, str]) -> tuple[str, ...]:
    return *_key(row), row["zone"], row["source"], row["as_of"]


def _text(fields: list[str], rows: Iterable[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fields, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
