"""Who has many more connections than another leaves it the next; who has ended or is stuck is not waited for."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbarkg.server import balance
from lumbarkg.server.balance import ConnectionCounts


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6))
def test_the_next_connection_is_taken_by_those_who_have_hardly_more_than_the_fewest(connections: list[int]) -> None:
    counts = ConnectionCounts()
    slots = [counts.slot(age) for age in range(1, len(connections) + 1)]
    for slot, number in zip(slots, connections, strict=True):
        slot.may_accept(number)
    takers = [number for slot, number in zip(slots, connections, strict=True) if slot.may_accept(number)]
    assert takers == [number for number in connections if number <= min(connections) + 4]


def test_one_that_ends_and_one_that_is_stuck_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = ConnectionCounts()
    own, ending, stuck = (counts.slot(age) for age in (1, 2, 3))
    ending.may_accept(0)
    stuck.may_accept(0)
    assert not own.may_accept(5)
    ending.close()
    assert not own.may_accept(5)
    monkeypatch.setattr(balance, "_FRESH_SECONDS", 0.01)
    time.sleep(0.02)
    assert own.may_accept(5)
