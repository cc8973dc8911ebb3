"""The arithmetic: weights to probabilities, and intervals by the delta method."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lumbarkg.model import Probability


@dataclass(frozen=True)
class Weight:
    """ln(prior × Π LR) of one hypothesis, and its variance."""

    log: float
    variance: float


@dataclass(frozen=True)
class Posterior:
    """A probability with its 95 % interval; the interval contains the point."""

    probability: Probability
    low: Probability
    high: Probability


def posteriors(weights: list[Weight], quantile: float) -> list[Posterior]:
    """posttestᵢ = wᵢ / Σ w, each with an interval of ``quantile`` standard deviations either way.

    Delta method on the logit: logit pᵢ = ln wᵢ − ln Σ_{j≠i} w_j, so Var = vᵢ + Σ_{j≠i} (w_j / Σ_{k≠i} w_k)² v_j for
    independent weights. Mapped back through the logistic function, the ends stay in [0, 1].
    """
    top = max(w.log for w in weights)
    scaled = [math.exp(w.log - top) for w in weights]
    total = math.fsum(scaled)
    found = []
    for index, (weight, own) in enumerate(zip(weights, scaled, strict=True)):
        others = [(w, s) for i, (w, s) in enumerate(zip(weights, scaled, strict=True)) if i != index]
        rest = math.fsum(s for _, s in others)
        if rest == 0.0:
            found.append(Posterior(Probability(1.0), Probability(1.0), Probability(1.0)))
            continue
        variance = weight.variance + math.fsum((s / rest) ** 2 * w.variance for w, s in others)
        logit, spread = (
            math.log(own) - math.log(rest) if own > 0 else -math.inf,
            quantile * math.sqrt(variance),
        )
        point = own / total
        low, high = _logistic(logit - spread), _logistic(logit + spread)
        found.append(Posterior(Probability(point), Probability(min(low, point)), Probability(max(high, point))))
    return found


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
