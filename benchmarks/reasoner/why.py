"""How long all minimal justifications of one suggestion take; none is remembered from one to the next."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.reasoner.engine import Reasoner, Why
from lumbarkg.model import Case


@dataclass(frozen=True)
class WhyTimes:
    """Seconds for one suggestion, over many; ``complete`` of them have no other justification than those found."""

    median: float
    slowest_tenth: float
    """The ninth decile."""
    suggestions: int
    justifications: int
    complete: int


def measure_why(cases: Sequence[Case], reasoner: Reasoner) -> WhyTimes:
    """Justify the most specific suggestions of each case."""
    seconds: list[float] = []
    found: list[Why] = []
    for case in cases:
        for condition in sorted(reasoner.knowledge.most_specific(reasoner.answer(case).suggests)):
            started = time.perf_counter()
            found.append(reasoner.justify(case, condition))
            seconds.append(time.perf_counter() - started)
    assert all(why.justifications for why in found), "a suggestion without a justification"
    return WhyTimes(
        statistics.median(seconds),
        statistics.quantiles(seconds, n=10)[-1],
        len(found),
        sum(why.justifications for why in found),
        sum(why.are_all for why in found),
    )
