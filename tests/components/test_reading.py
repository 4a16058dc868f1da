"""Loose arguments become a frozen shape, or every mistake is raised together."""

import pulumi
import pytest

from components.reading import Reader
from infra.problems import ProblemsError


def mistakes(reader: Reader) -> list[str]:
    """Give the mistakes that a reader has collected, as lines."""
    with pytest.raises(ProblemsError) as caught:
        reader.done()
    return [str(problem) for problem in caught.value.problems]


def test_whole_numbers_may_arrive_as_floats() -> None:
    """Pulumi hands 8 over as 8.0; 8.5 is no whole number and true is none either."""
    reader = Reader("Part", {"a": 8.0, "b": 8.5, "c": True}, ["a", "b", "c"])
    assert reader.whole("a", None, 1, 9) == 8
    reader.whole("b", None, 1, 9)
    reader.whole("c", None, 1, 9)
    assert [line.split(":")[0] for line in mistakes(reader)] == ["b", "c"]


def test_all_mistakes_come_together() -> None:
    """An unknown name, a wrong word and a missing value are three lines of one error."""
    reader = Reader("Part", {"encrption": "x", "mode": "fst"}, ["encryption", "mode", "size"])
    reader.choice("mode", ["fast", "slow"])
    reader.whole("size", None, 1, 9)
    lines = mistakes(reader)
    assert "did you mean 'encryption'?" in lines[0]
    assert "did you mean 'fast'?" in lines[1]
    assert lines[2].startswith("size: is missing")


@pytest.mark.asyncio
async def test_what_decides_the_graph_must_be_plain() -> None:
    """Another resource's output can't say how many things are created."""
    reader = Reader("Part", {"nodes": pulumi.Output.from_input(3)}, ["nodes"])
    reader.whole("nodes", 1, 1, 9)
    assert "another resource's output" in mistakes(reader)[0]


@pytest.mark.asyncio
async def test_what_flows_may_be_an_output() -> None:
    """An id is handed through untouched."""
    key = pulumi.Output.from_input("k")
    assert Reader("Part", {"key": key}, ["key"]).flowing("key") is key


def test_nested_mistakes_carry_their_path() -> None:
    """A mistake inside a pool is raised by the outer reader, under the pool's name."""
    reader = Reader("Part", {}, [])
    reader.inside("pools.train", {"nodes": -1}, ["nodes"]).whole("nodes", 1, 0, 9)
    assert mistakes(reader)[0].startswith("pools.train.nodes: given -1")
