"""The stand-in refuses of pods what a real API server refuses (tests/console/judge/test_agreement.py asks that one)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from kubernetes_mutants import GIVEN, RESTRICTED, RIGHT, mutant

from providers.rehearsal.clouds.kubernetes_pods import quantity

from .conftest import Rig

JOB, NAMESPACE = "kubernetes:batch/v1:Job", "kubernetes:core/v1:Namespace"


@pytest.fixture
def cluster(rig: Callable[..., Rig]) -> Rig:
    """Give a cluster with a namespace of the strictest level."""
    served = rig("kubernetes")
    served.create(NAMESPACE, RESTRICTED, "it")
    return served


def test_what_is_right_passes(cluster: Rig) -> None:
    """The job as it is has no problem."""
    assert cluster.check(JOB, RIGHT)[1] == []


@pytest.mark.parametrize("what", GIVEN)
def test_what_is_wrong_is_refused(cluster: Rig, what: str) -> None:
    """Each single mistake is told."""
    assert cluster.check(JOB, mutant(what))[1]


def test_an_open_namespace_lets_pods_in(cluster: Rig) -> None:
    """The same capability is no mistake where the namespace has another level."""
    room: dict[str, Any] = {"metadata": {"name": "open"}}
    cluster.create(NAMESPACE, room, "open")
    there = mutant("a capability")
    there["metadata"]["namespace"] = "open"
    assert cluster.check(JOB, there)[1] == []


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("500m", "0.5"),
        ("8Gi", str(8 * 1024**3)),
        ("8G", "8000000000"),
        ("1e3", "1000"),
        (".5", "0.5"),
        ("2E", "2000000000000000000"),
    ],
)
def test_quantities(text: str, amount: str) -> None:
    """Units are powers of 1000 or 1024, or an exponent."""
    assert quantity(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["8GB", "8 Gi", "", "Gi", "1e", "8gi", "0x8"])
def test_what_is_no_quantity(text: str) -> None:
    """Other spellings are none."""
    assert quantity(text) is None
