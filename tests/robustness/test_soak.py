"""A short soak: no error, no file that stays open; ``make soak`` holds a server for ten minutes and looks at more."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.robustness.mix import CASE_IDS, make_mix
from tests.robustness.serving import serve
from tests.robustness.soak import Answered, Sample, Soaked, find_full_rate, hold

SECONDS, PER_SECOND = 6, 40


@pytest.mark.slow
def test_a_server_under_load_answers_everything_and_leaks_no_files(
    tmp_path: Path, measured: Callable[[str], None]
) -> None:
    draw = random.Random(1)  # noqa: S311 - seeded
    with serve(tmp_path, "--workers", "2") as served:
        full = asyncio.run(find_full_rate(served.port, draw, 3))
        before = served.settle(0, seconds=1)
        soaked = asyncio.run(hold(served, PER_SECOND, SECONDS, draw))
        after = served.settle(before + len(CASE_IDS))
    assert soaked.errors == {}
    assert len(soaked.answers) == PER_SECOND * SECONDS
    assert {a.name for a in soaked.answers} == set(make_mix().names)
    assert len(soaked.samples) > 3
    assert set(soaked.samples[-1].resident) == {"master", "workers", "pool", "queries"}
    assert after <= before + len(CASE_IDS)
    measured(
        f"full rate of the mix {full:.0f}/s; at {PER_SECOND}/s p50 {soaked.quantile(0.5) * 1000:.1f} ms, "
        f"p99 {soaked.quantile(0.99) * 1000:.1f} ms, {before} open files, then {after}"
    )


def test_what_follows_is_counted_from_the_end_of_what_came_before() -> None:
    whole, part = Soaked(0), Soaked(10, [Answered(4, 0.1, "x", 200)], [Sample(5, {}, 1)])
    whole.append(part)
    whole.append(part)
    assert whole.seconds == 20
    assert [a.due for a in whole.answers] == [4, 14]
    assert [s.moment for s in whole.samples] == [5, 15]


def test_the_verdict_sees_that_a_server_slows_down_and_grows() -> None:
    def soak(slower: float, growth: float) -> Soaked:
        soaked = Soaked(100)
        for number in range(1000):
            due = number / 10
            soaked.answers.append(Answered(due, 0.01 * (slower if due >= 75 else 1), "x", 200))
            soaked.samples.append(Sample(due, {"workers": round(1e8 * (1 + growth * max(0, due - 50) / 50))}, 9))
        return soaked

    assert soak(1, 0).slowing() == pytest.approx(1)
    assert soak(1, 0).growth() == 0
    assert soak(1.6, 0).slowing() == pytest.approx(1.6)
    assert soak(1, 0.1).growth() > 0.05
    assert soak(1, 0.02).growth() < 0.05
    assert Answered(0, 0, "x", 0).is_error
    assert Answered(0, 0, "x", 503).is_error
    assert not Answered(0, 0, "x", 201).is_error
