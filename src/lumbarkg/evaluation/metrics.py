"""Figures over outcomes of the ranking. Every function takes any number of outcomes and ignores their order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from lumbarkg.evaluation.outcome import Outcome

Metric = Callable[[Sequence[Outcome]], float]


def top(places: int) -> Metric:
    """The share of cases with a right cause among the first ``places`` of the differential."""

    def share(outcomes: Sequence[Outcome]) -> float:
        return mean([outcome.is_within(places) for outcome in outcomes])

    return share


def top_or_excluded(places: int) -> Metric:
    """The share with a right cause among the first ``places`` or among what a fired triage rule says to exclude."""

    def share(outcomes: Sequence[Outcome]) -> float:
        return mean([outcome.is_within(places) or outcome.excludes_right for outcome in outcomes])

    return share


def top_bucket(places: int) -> Metric:
    """The share with the right bucket among the first ``places``, hypotheses of one bucket taken together."""

    def share(outcomes: Sequence[Outcome]) -> float:
        return mean([o.bucket_rank is not None and o.bucket_rank <= places for o in outcomes])

    return share


def mean_reciprocal_rank(outcomes: Sequence[Outcome]) -> float:
    """The mean of 1/rank of the first right cause, 0 where it is missing."""
    return mean([0.0 if outcome.rank is None else 1 / outcome.rank for outcome in outcomes])


def brier_score(outcomes: Sequence[Outcome]) -> float:
    """Brier's score over the hypotheses, the right ones taken as one: (1 − p)² + Σ qᵢ². 0 is perfect, 2 the worst."""
    return mean([_brier(outcome) for outcome in outcomes])


def _brier(outcome: Outcome) -> float:
    return (1 - outcome.probability_of_right) ** 2 + math.fsum(q**2 for q in outcome.wrong_probabilities)


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean, not a number where there are no values."""
    return math.fsum(values) / len(values) if values else math.nan


METRICS: dict[str, Metric] = {
    "top1": top(1),
    "top3": top(3),
    "top3OrToExclude": top_or_excluded(3),
    "top1OfBuckets": top_bucket(1),
    "top3OfBuckets": top_bucket(3),
    "meanReciprocalRank": mean_reciprocal_rank,
    "brierScore": brier_score,
}
"""The figures of a ranking, by name; the headline is the differential alone (top1, top3)."""
