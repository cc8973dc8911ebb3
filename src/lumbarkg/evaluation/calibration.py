"""Whether a stated probability is met as often as it says: reliability by bins, and the expected calibration error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lumbarkg.evaluation.outcome import Outcome

Forecast = tuple[float, bool]
"""A stated probability, and whether it came true."""


@dataclass(frozen=True)
class Bin:
    """Forecasts between two probabilities: how many, their mean, and the share that came true."""

    low: float
    high: float
    count: int
    stated: float
    met: float


def first_cause_forecasts(outcomes: Sequence[Outcome]) -> list[Forecast]:
    """For each ranked case the probability of the first hypothesis, and whether it was right."""
    return [(o.placed[0].hypothesis.posttest_probability.value, o.placed[0].is_right) for o in outcomes if o.placed]


def reliability(forecasts: Sequence[Forecast], bins: int = 10) -> tuple[Bin, ...]:
    """The forecasts in ``bins`` equal steps of [0, 1]; empty ones are left out. 1 belongs to the last."""
    found = []
    for number in range(bins):
        inside = [f for f in forecasts if min(int(f[0] * bins), bins - 1) == number]
        if inside:
            found.append(
                Bin(
                    low=number / bins,
                    high=(number + 1) / bins,
                    count=len(inside),
                    stated=math.fsum(p for p, _ in inside) / len(inside),
                    met=sum(hit for _, hit in inside) / len(inside),
                )
            )
    return tuple(found)


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Σ (count / all) · |met − stated| (Naeini, Cooper and Hauskrecht, AAAI 2015); not a number without forecasts."""
    total = sum(b.count for b in bins)
    return math.fsum(b.count / total * abs(b.met - b.stated) for b in bins) if total else math.nan
