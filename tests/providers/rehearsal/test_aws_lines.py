"""Direct Connect: which ports a bundle takes."""

import grpc
import pytest

from .conftest import Rig

PORT, JOIN = (
    "aws:directconnect/connection:Connection",
    "aws:directconnect/connectionAssociation:ConnectionAssociation",
)


def port(aws: Rig, name: str, speed: str, *, macsec: bool = False) -> str:
    """Order a port and give its id."""
    wanted = {"name": name, "bandwidth": speed, "location": "EQDC2", "requestMacsec": macsec}
    return aws.create(PORT, wanted, name)[0]


@pytest.mark.never_again
def test_a_port_that_asked_for_macsec_joins_no_bundle(aws: Rig) -> None:
    """Threads terraform-provider-aws #36693, #47663: the bundle must have asked at the same time, and never can."""
    plain, asked = (port(aws, name, "10Gbps", macsec=name == "asked") for name in ("plain", "asked"))
    aws.create_unchecked(JOIN, {"connectionId": plain, "lagId": "dxlag-it"}, "one")
    with pytest.raises(
        grpc.RpcError, match=f"Connection {asked} and lag should be requested MacSec at the same time"
    ):
        aws.create_unchecked(JOIN, {"connectionId": asked, "lagId": "dxlag-it"}, "two")


@pytest.mark.parametrize(("speed", "most"), [("10Gbps", 4), ("100Gbps", 2)])
def test_a_bundle_is_full_at_some_time(aws: Rig, speed: str, most: int) -> None:
    """Four ports, and two of the fast ones; another bundle has room of its own."""
    lines = [port(aws, f"it-{number}", speed) for number in range(most + 1)]
    for line in lines[:most]:
        aws.create_unchecked(JOIN, {"connectionId": line, "lagId": "dxlag-it"}, line)
    with pytest.raises(grpc.RpcError, match=f"dxlag-it has {most} ports already"):
        aws.create_unchecked(JOIN, {"connectionId": lines[most], "lagId": "dxlag-it"}, lines[most])
    aws.create_unchecked(JOIN, {"connectionId": lines[most], "lagId": "dxlag-other"}, lines[most])
