"""Direct Connect: which ports a bundle takes."""

from collections.abc import Callable

import grpc
import pytest

from .conftest import Rig

PORT, KEYS = (
    "aws:directconnect/connection:Connection",
    "aws:directconnect/macsecKeyAssociation:MacsecKeyAssociation",
)
JOIN = "aws:directconnect/connectionAssociation:ConnectionAssociation"

Serve = Callable[..., Rig]


@pytest.fixture
def aws(rig: Serve) -> Rig:
    """Give AWS in Ireland."""
    served = rig("aws")
    served.configure(region="eu-west-1")
    return served


def port(aws: Rig, name: str, speed: str) -> str:
    """Order a port and give its id."""
    wanted = {"name": name, "bandwidth": speed, "location": "EQDC2", "requestMacsec": True}
    return aws.create(PORT, wanted, name)[0]


@pytest.mark.never_again
def test_a_port_with_keys_joins_no_bundle(aws: Rig) -> None:
    """Direct Connect guide, link aggregation groups: it would lose them, and nobody gives it others."""
    plain, keyed = (port(aws, name, "10Gbps") for name in ("plain", "keyed"))
    aws.create_unchecked(KEYS, {"connectionId": keyed, "ckn": "0" * 64, "cak": "1" * 64}, "keys")
    aws.create_unchecked(JOIN, {"connectionId": plain, "lagId": "dxlag-it"}, "one")
    with pytest.raises(grpc.RpcError, match=f"{keyed} would lose its MACsec keys"):
        aws.create_unchecked(JOIN, {"connectionId": keyed, "lagId": "dxlag-it"}, "two")


@pytest.mark.parametrize(("speed", "most"), [("10Gbps", 4), ("100Gbps", 2)])
def test_a_bundle_is_full_at_some_time(aws: Rig, speed: str, most: int) -> None:
    """Four ports, and two of the fast ones; another bundle has room of its own."""
    lines = [port(aws, f"it-{number}", speed) for number in range(most + 1)]
    for line in lines[:most]:
        aws.create_unchecked(JOIN, {"connectionId": line, "lagId": "dxlag-it"}, line)
    with pytest.raises(grpc.RpcError, match=f"dxlag-it has {most} ports already"):
        aws.create_unchecked(JOIN, {"connectionId": lines[most], "lagId": "dxlag-it"}, lines[most])
    aws.create_unchecked(JOIN, {"connectionId": lines[most], "lagId": "dxlag-other"}, lines[most])
