"""The arithmetic: weights to probabilities, and intervals by the delta method. Closed form, nothing is sampled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Posterior:
    """Probabilities that sum to 1, each with a 95 % interval that contains it."""

    probabilities: Floats
    low: Floats
    high: Floats


def posteriors(logs: Floats, variances: Floats, quantile: float) -> Posterior:
    """posttestᵢ = wᵢ / Σ w for weights given as logarithms, with ``quantile`` standard deviations either way.

    Delta method on the logit: logit pᵢ = ln wᵢ − ln Σ_{j≠i} wⱼ, so Var = vᵢ + Σ_{j≠i} (wⱼ / Σ_{k≠i} w_k)² vⱼ for
    independent weights. Mapped back through the logistic function, the ends stay in [0, 1].
    """
    centred = logs - logs.max()
    weights = np.exp(centred)
    # Products with a matrix instead of "total minus own", which cancels where one weight is nearly all.
    others = _others(len(logs))
    rest = others @ weights
    probabilities = weights / (weights + rest)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        variance = variances + (others @ (weights * weights * variances)) / rest / rest
        odds = np.log(rest) - centred
        spread = quantile * np.sqrt(variance)
        low, high = 1 / (1 + np.exp(odds + spread)), 1 / (1 + np.exp(odds - spread))
    if not rest.all():
        # A rest of 0 (one hypothesis alone, or the others below the smallest float) leaves nothing to be unsure about.
        low, high = np.where(rest == 0, probabilities, low), np.where(rest == 0, probabilities, high)
    return Posterior(probabilities, np.minimum(low, probabilities), np.maximum(high, probabilities))


@lru_cache(maxsize=64)
def _others(size: int) -> Floats:
    """1 − I: row i sums what is not i."""
    return np.ones((size, size)) - np.eye(size)
