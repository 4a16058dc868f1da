"""Blocks of the cache are shared by what they hold, and given away in an order that keeps the useful ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workloads.serve.blocks import ROOT, BlockPool, chain


def test_a_key_names_everything_up_to_its_end() -> None:
    """Equal tokens after different beginnings have different keys; the same beginning has the same key."""
    first, other = chain(ROOT, [1, 2]), chain(ROOT, [1, 3])
    assert first == chain(ROOT, [1, 2])
    assert first != other
    assert chain(first, [9, 9]) != chain(other, [9, 9])


def test_a_released_block_is_found_again_until_it_is_needed() -> None:
    """Contents outlive their holder, and the least recently released block goes first."""
    pool = BlockPool(2, 4)
    one, two = pool.allocate(), pool.allocate()
    pool.publish(one, b"one")
    pool.publish(two, b"two")
    pool.release([one])
    pool.release([two])
    assert pool.match([b"one"]) == [one]
    assert pool.allocate() == one
    assert pool.match([b"one"]) == []
    assert pool.match([b"two"]) == [two]


def test_the_end_of_a_sequence_is_given_away_before_its_beginning() -> None:
    """A shared beginning stays useful longest."""
    pool = BlockPool(3, 4)
    blocks = [pool.allocate() for _ in range(3)]
    pool.release(blocks)
    assert [pool.allocate() for _ in range(3)] == blocks[::-1]


def test_a_block_with_two_holders_survives_one() -> None:
    """A block is free only when its last holder lets go, and releasing it once more is our bug."""
    pool = BlockPool(1, 4)
    block = pool.allocate()
    pool.hold([block])
    pool.release([block])
    assert pool.available == 0
    pool.release([block])
    assert pool.available == 1
    with pytest.raises(AssertionError, match="released twice"):
        pool.release([block])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["take", "share", "drop"]), st.integers(0, 7)), max_size=80))
def test_free_and_held_blocks_always_add_up(moves: list[tuple[str, int]]) -> None:
    """Whatever is taken, shared and dropped in any order: each block is free or held, never both."""
    pool, held = BlockPool(6, 4), []
    for number, (move, which) in enumerate(moves):
        if move == "take" and pool.available:
            block = pool.allocate()
            pool.publish(block, str(number).encode())
            held.append(block)
        elif move == "share" and held:
            pool.hold([held[which % len(held)]])
            held.append(held[which % len(held)])
        elif move == "drop" and held:
            pool.release([held.pop(which % len(held))])
        assert pool.available == 6 - len(set(held))
