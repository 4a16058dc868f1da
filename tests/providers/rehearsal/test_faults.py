"""Faults are read strictly and strike once, and whatever they break, the account stays whole."""

from collections.abc import Callable
from pathlib import Path

import grpc
import pytest

from providers.rehearsal import faults
from providers.rehearsal.account import Account, Name

from .conftest import Rig

VPC = "aws:ec2/vpc:Vpc"


def test_faults_are_read_with_their_place() -> None:
    """A kind alone, the Nth creation, a type, and several in a row."""
    assert faults.parse("quota") == (faults.Fault("quota", 3, ""),)
    assert faults.parse("capacity") == (faults.Fault("capacity", 1, ""),)
    assert faults.parse("partial@7,timeout@ec2/subnet") == (
        faults.Fault("partial", 7, ""),
        faults.Fault("timeout", 1, "ec2/subnet"),
    )


@pytest.mark.parametrize(
    ("text", "told"), [("quotta", "did you mean 'quota'?"), ("quota@0", "counted from 1")]
)
def test_a_fault_that_is_none_is_refused(text: str, told: str) -> None:
    """A misspelt kind names the right one; counting begins at 1."""
    with pytest.raises(ValueError, match=told.replace("?", r"\?")):
        faults.parse(text)


def test_a_fault_strikes_once_in_the_life_of_an_account(rig: Callable[..., Rig]) -> None:
    """The first creation fails, the second works, also with a stand-in that was started anew."""
    first = rig("aws", "quota@1")
    with pytest.raises(grpc.RpcError, match=r"VcpuLimitExceeded.*quota@1 on aws:ec2/vpc:Vpc"):
        first.create(VPC, {"cidrBlock": "10.0.0.0/16"})
    assert first.account.count() == 0
    again = rig("aws", "quota@1")
    again.create(VPC, {"cidrBlock": "10.0.0.0/16"})


def test_no_capacity_strikes_what_needs_machines(rig: Callable[..., Rig]) -> None:
    """A network is made all the same; the node group is not."""
    aws = rig("aws", "capacity")
    aws.create(VPC, {"cidrBlock": "10.0.0.0/16"})
    with pytest.raises(grpc.RpcError, match="InsufficientInstanceCapacity"):
        aws.create(
            "aws:ec2/instance:Instance", {"ami": "ami-0123456789abcdef0", "instanceType": "p5.48xlarge"}
        )


def test_a_timeout_leaves_the_resource_and_says_so(rig: Callable[..., Rig]) -> None:
    """The answer carries the id as a half-made resource; the account has it."""
    aws = rig("aws", "timeout@1")
    with pytest.raises(grpc.RpcError, match="timeout while waiting") as raised:
        aws.create(VPC, {"cidrBlock": "10.0.0.0/16"})
    assert aws.account.all()[0].id in str(raised.value.trailing_metadata())


def test_a_second_creation_is_a_second_resource(rig: Callable[..., Rig]) -> None:
    """As in a cloud: what an interrupted run made is not found by itself, and two of one name are refused."""
    aws = rig("aws")
    first, _ = aws.create(VPC, {"cidrBlock": "10.0.0.0/16"}, "net")
    again, _ = aws.create(VPC, {"cidrBlock": "10.0.0.0/16"}, "net")
    assert first != again
    aws.create("aws:s3/bucket:Bucket", {"bucket": "corpus"}, "corpus")
    with pytest.raises(grpc.RpcError, match="already exists"):
        aws.create("aws:s3/bucket:Bucket", {"bucket": "corpus"}, "corpus")


def test_an_account_survives_its_process(tmp_path: Path) -> None:
    """What was written is there when the file is opened again."""
    one = Account(tmp_path)
    one.add(Name(VPC, "eu-west-1", "vpc-1", "urn"), {"cidrBlock": "10.0.0.0/16"}, {}, ["arn:x"])
    other = Account(tmp_path)
    found = other.owner("arn:x")
    assert found
    assert found.inputs == {"cidrBlock": "10.0.0.0/16"}
    one.close()
    other.close()


def test_a_change_that_fails_leaves_no_trace(account: Account) -> None:
    """An error inside a change rolls all of it back."""

    def fail() -> None:
        with account.change():
            account.add(Name(VPC, "", "vpc-1", "urn"), {}, {}, [])
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail()
    assert account.count() == 0
