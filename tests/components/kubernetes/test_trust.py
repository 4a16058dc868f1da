"""A store that no public authority vouches for: pods know it by its own certificate, as a file."""

from typing import Any

import pulumi

from components.identity.onprem import credentials
from components.identity.shape import StoreRight
from components.kubernetes.tenancy import AUTHORITY, CREDENTIALS, Corner, trusting

POD: dict[str, Any] = {
    "containers": [{"name": "it", "env": [{"name": "A", "value": "b"}], "volumeMounts": []}],
    "volumes": [],
}


def corner(*, vouched: bool) -> Corner:
    """Give a workload's corner."""
    return Corner("it", {}, pulumi.ResourceOptions(), CREDENTIALS, vouched)


def test_programs_are_told_where_the_certificate_is() -> None:
    """The secret's entry becomes a file that rustls, OpenSSL and Amazon's libraries read; what was there stays."""
    made = trusting(corner(vouched=True), POD)
    (container,), (volume,) = made["containers"], made["volumes"]
    assert {one["name"]: one["value"] for one in container["env"]} == {
        "A": "b",
        "AWS_CA_BUNDLE": "/authority/ca.crt",
        "SSL_CERT_FILE": "/authority/ca.crt",
    }
    assert volume["secret"]["items"] == [{"key": AUTHORITY, "path": "ca.crt"}]
    assert (volume["secret"]["secretName"], container["volumeMounts"][0]["readOnly"]) == (CREDENTIALS, True)


def test_a_public_store_changes_no_pod() -> None:
    """Where the world's authorities vouch, a pod trusts them all, as usual."""
    assert trusting(corner(vouched=False), POD) == POD


def test_the_certificate_travels_with_the_credentials() -> None:
    """A right on a store of the site brings its certificate; one without brings no such entry."""
    with_it = credentials(StoreRight("it", "read", "", "k", "PEM"), "a", "h", "hall-1")
    without = credentials(StoreRight("it", "read", "", "k"), "a", "h", "hall-1")
    assert with_it[AUTHORITY] == "PEM"
    assert AUTHORITY not in without
