"""How long the justifications of one suggestion take, nothing being remembered of earlier ones."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.reasoner.engine import NotAvailableError, Reasoner, Why
from lumbarkg.model import Case


@dataclass(frozen=True)
class WhyTimes:
    """Seconds for one suggestion, over many; ``are_all`` is False as long as not all justifications are computed."""

    median: float
    slowest_tenth: float
    """The ninth decile."""
    suggestions: int
    justifications: int
    are_all: bool


def measure_why(cases: Sequence[Case], reasoner: Reasoner) -> WhyTimes:
    """Justify the most specific suggestions of each case. Raises NotAvailableError where none of them can be."""
    seconds: list[float] = []
    found: list[Why] = []
    for case in cases:
        for condition in sorted(reasoner.knowledge.most_specific(reasoner.answer(case).suggests)):
            started = time.perf_counter()
            found.append(reasoner.justify(case, condition))
            seconds.append(time.perf_counter() - started)
    if len(seconds) < 2:
        raise NotAvailableError("no suggestion to justify")
    return WhyTimes(
        statistics.median(seconds),
        statistics.quantiles(seconds, n=10)[-1],
        len(found),
        sum(why.justifications for why in found),
        all(why.are_all for why in found),
    )
