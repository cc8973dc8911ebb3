"""How long all minimal justifications of one suggestion take; none is remembered from one to the next."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.reasoner.engine import Reasoner, Why
from benchmarks.reasoner.peers.clock import Spent, measure
from benchmarks.reasoner.rounds import median_of
from lumbarkg.model import Case


@dataclass(frozen=True)
class WhyTimes:
    """What one suggestion took, over many; ``complete`` of them have no other justification than those found."""

    median: Spent
    ninth_decile: float
    """Of processor seconds."""
    suggestions: int
    justifications: int
    complete: int


def measure_why(cases: Sequence[Case], reasoner: Reasoner) -> WhyTimes:
    """Justify the most specific suggestions of each case."""
    spent: list[Spent] = []
    found: list[Why] = []
    for case in cases:
        for condition in sorted(reasoner.knowledge.most_specific(reasoner.answer(case).suggests)):
            why, took = measure(partial(reasoner.justify, case, condition))
            found.append(why)
            spent.append(took)
    assert all(why.justifications for why in found), "a suggestion without a justification"
    return WhyTimes(
        median_of([spent]),
        statistics.quantiles((s.cpu for s in spent), n=10)[-1],
        len(found),
        sum(why.justifications for why in found),
        sum(why.are_all for why in found),
    )
