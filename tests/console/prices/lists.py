"""Price lists on this machine, in the forms of the clouds' own: a small server that a test fills."""

import csv
import io
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class Reply:
    """One answer."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = 0
    """How many bytes at the end never come."""


class Lists(ThreadingHTTPServer):
    """Answers by path: the first reply that is left, and the last one for ever."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies: dict[str, list[Reply]] = {}
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def put(self, path: str, *replies: Reply | bytes | dict[str, Any]) -> None:
        """Fill a path, with its query if it has one that matters."""
        self.replies[path] = [_reply(one) for one in replies]

    def take(self, path: str) -> Reply:
        """Give the next answer of a path: with its query, else without."""
        for key in (path, path.partition("?")[0]):
            if left := self.replies.get(key):
                return left.pop(0) if len(left) > 1 else left[0]
        return Reply(b"<Error><Code>AccessDenied</Code></Error>", 403)


def _reply(given: Reply | bytes | dict[str, Any]) -> Reply:
    if isinstance(given, dict):
        return Reply(json.dumps(given).encode())
    return Reply(given) if isinstance(given, bytes) else given


class _Handler(BaseHTTPRequestHandler):
    server: Lists

    def do_GET(self) -> None:
        """Answer, or break off in the middle."""
        self.server.asked.append((unquote(self.path), dict(self.headers)))
        reply = self.server.take(unquote(self.path))
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body[: len(reply.body) - reply.cut])

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@contextmanager
def listening() -> Iterator[Lists]:
    """Serve on a free port of this machine."""
    with Lists() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


COLUMNS = (
    "SKU", "TermType", "PriceDescription", "EffectiveDate", "StartingRange", "EndingRange", "Unit", "PricePerUnit",
    "Currency", "Product Family", "serviceCode", "Location", "Location Type", "Instance Type", "Tenancy",
    "Operating System", "usageType", "operation", "CapacityStatus", "MarketOption", "Pre Installed S/W", "Region Code",
)  # fmt: skip


def aws_machine(name: str, usd: float, **given: Any) -> dict[str, Any]:
    """Make the line of a plain machine; keywords are other columns, with `_` for a blank."""
    plain = {
        "TermType": "OnDemand", "StartingRange": "0", "EndingRange": "Inf", "Unit": "Hrs", "PricePerUnit": usd,
        "Currency": "USD", "Product Family": "Compute Instance", "Location Type": "AWS Region",
        "Instance Type": name, "Tenancy": "Shared", "Operating System": "Linux", "operation": "RunInstances",
        "usageType": f"EUN1-BoxUsage:{name}", "CapacityStatus": "Used", "MarketOption": "OnDemand",
        "Pre Installed S/W": "NA",
    }  # fmt: skip
    return {**plain, **{key.replace("_", " "): value for key, value in given.items()}}


def aws_line(family: str, usage: str, unit: str, usd: float, **given: Any) -> dict[str, Any]:
    """Make the line of a service."""
    plain = {
        "TermType": "OnDemand", "StartingRange": "0", "EndingRange": "Inf", "Unit": unit, "PricePerUnit": usd,
        "Currency": "USD", "Product Family": family, "Location Type": "AWS Region", "usageType": usage,
    }  # fmt: skip
    return {**plain, **{key.replace("_", " "): value for key, value in given.items()}}


def aws_list(*lines: Mapping[str, Any]) -> bytes:
    """Make a list: five lines of its own, a heading, and the prices."""
    out = io.StringIO()
    head = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    head.writerows([["FormatVersion", "v1.0"], ["Disclaimer", "For information, only."]])
    head.writerows(
        [["Publication Date", "2026-11-20T22:53:08Z"], ["Version", "20261120"], ["OfferCode", "AmazonEC2"]]
    )
    rows = csv.DictWriter(out, COLUMNS, quoting=csv.QUOTE_ALL, lineterminator="\n", restval="")
    rows.writeheader()
    rows.writerows({"SKU": f"S{number}", **line} for number, line in enumerate(lines))
    return out.getvalue().encode()


def aws_path(offer: str, region: str = "eu-north-1") -> str:
    """Give the path of a list."""
    return f"/offers/v1.0/aws/{offer}/current/{region}/index.csv"


def azure_item(usd: float, **given: Any) -> dict[str, Any]:
    """Make an item of Azure's list: a Linux machine in West Europe."""
    plain = {
        "currencyCode": "USD", "tierMinimumUnits": 0.0, "retailPrice": usd, "unitPrice": usd,
        "armRegionName": "westeurope", "effectiveStartDate": "2023-11-01T00:00:00Z", "meterName": "ND96isr H100 v5",
        "productName": "Virtual Machines NDsr H100 v5 Series", "skuName": "ND96isr H100 v5", "unitOfMeasure": "1 Hour",
        "serviceName": "Virtual Machines", "type": "Consumption", "isPrimaryMeterRegion": True,
        "armSkuName": "Standard_ND96isr_H100_v5",
    }  # fmt: skip
    return {**plain, **given}


def azure_filter(field_name: str, value: str, region: str = "westeurope") -> str:
    """Give the path and query of a question."""
    return f"/prices?$filter=armRegionName eq '{region}' and priceType eq 'Consumption' and {field_name} eq '{value}'"


def gcp_sku(
    says: str, usd: float, unit: str = "h", regions: tuple[str, ...] = ("europe-west4",), **given: Any
) -> Any:
    """Make a SKU of the billing catalogue."""
    rates = [{"startUsageAmount": 0, "unitPrice": _money(usd)}]
    plain = {
        "skuId": "341A-49A5-0C07", "description": says, "serviceRegions": list(regions),
        "category": {"usageType": "OnDemand", "resourceFamily": "Compute", "serviceDisplayName": "Compute Engine"},
        "pricingInfo": [{
            "effectiveTime": "2026-11-01T00:00:00Z",
            "pricingExpression": {"usageUnit": unit, "tieredRates": given.pop("rates", rates)},
        }],
    }  # fmt: skip
    return {**plain, **given}


def _money(usd: float) -> dict[str, Any]:
    whole = int(usd)
    return {"currencyCode": "USD", "units": str(whole), "nanos": round((usd - whole) * 1e9)}


SERVICES = {
    "services": [
        {"name": "services/6F81-5844-456A", "displayName": "Compute Engine"},
        {"name": "services/E505-1604-58F8", "displayName": "Networking"},
        {"name": "services/CCD8-9BF1-090E", "displayName": "Kubernetes Engine"},
    ]
}


def query(path: str) -> Mapping[str, list[str]]:
    """Read what was asked."""
    return parse_qs(urlsplit(path).query)
