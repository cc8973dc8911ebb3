"""Percentile bootstrap: how much a figure would move with other cases of the same kind."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from lumbarkg.evaluation.metrics import Metric
from lumbarkg.evaluation.outcome import Outcome

Estimate = tuple[float, float, float]
"""A figure, and the ends of its 95 % interval."""


def estimate(metric: Metric, outcomes: Sequence[Outcome], *, resamples: int, seed: int) -> Estimate:
    """The figure and its 95 % interval by ``resamples`` draws of the cases with replacement (Efron 1979).

    Seeded, and over the cases sorted by id: the same cases give the same interval. Where the 2.5 and 97.5 percentiles
    leave the figure outside, as they can with few cases, the interval is stretched to it.
    """
    ordered = sorted(outcomes, key=lambda o: o.label.id)
    point = metric(ordered)
    if len(ordered) < 2 or resamples < 2:
        return point, point, point
    draw = random.Random(seed)  # noqa: S311 - resampling, not secrecy
    values = sorted(metric(draw.choices(ordered, k=len(ordered))) for _ in range(resamples))
    low, high = values[math.floor(0.025 * (resamples - 1))], values[math.ceil(0.975 * (resamples - 1))]
    return point, min(low, point), max(high, point)
