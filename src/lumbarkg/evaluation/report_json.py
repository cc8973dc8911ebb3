"""An evaluation as JSON: the same figures as the Markdown, and every case's outcome."""

from __future__ import annotations

import math
from typing import Any

from lumbarkg.evaluation.evaluate import Evaluation, Figures, Run
from lumbarkg.evaluation.misses import Miss, Standing
from lumbarkg.evaluation.outcome import Outcome
from lumbarkg.evaluation.urgency import Urgency


def render_json(evaluation: Evaluation) -> dict[str, Any]:
    """The whole evaluation as JSON values; what is not a number is null."""
    return {
        "ontologyVersion": evaluation.ontology_version,
        "ontologyDigest": evaluation.ontology_digest,
        "settings": dict(evaluation.settings),
        "bootstrap": {"resamples": evaluation.resamples, "seed": evaluation.seed},
        "levels": list(evaluation.levels),
        "runs": [_run(run) for run in evaluation.runs],
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "name": run.name,
        "withTests": run.with_tests,
        "withJudgement": run.with_judgement,
        "groups": [_figures(f) for f in run.groups],
        "buckets": [_figures(f) for f in run.buckets],
        "calibration": {
            "expectedCalibrationError": _number(run.calibration_error),
            "bins": [
                {"low": b.low, "high": b.high, "count": b.count, "stated": _number(b.stated), "met": _number(b.met)}
                for b in run.calibration
            ],
        },
        "triage": {"bySource": _urgency(run.by_source), "bySourceOrConvention": _urgency(run.by_convention)},
        "triggers": {
            "cases": run.triggers.cases,
            "missed": [{"id": i, "rule": rule, "level": level} for i, rule, level in run.triggers.missed],
        },
        "notDetectable": {
            "ids": list(run.undetectable.ids),
            "wronglyCalmed": list(run.undetectable.wrongly_calmed),
        },
        "cases": [_outcome(outcome) for outcome in run.outcomes],
        "misses": [_miss(miss) for miss in run.misses],
    }


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "group": figures.group,
        "cases": figures.cases,
        "refused": figures.refused,
        "notEnoughAsked": _number(figures.not_enough_asked),
        **{
            name: {"value": _number(point), "low": _number(low), "high": _number(high)}
            for name, (point, low, high) in figures.metrics
        },
    }


def _urgency(urgency: Urgency) -> dict[str, Any]:
    return {
        "cases": urgency.cases,
        "right": urgency.right,
        "under": list(urgency.under),
        "over": list(urgency.over),
        "notEnoughAsked": list(urgency.not_enough_asked),
        "mostUrgent": {
            "cases": urgency.most_urgent,
            "found": urgency.most_urgent_found,
            "foundOrNextLevel": urgency.most_urgent_seen,
            "sensitivity": urgency.sensitivity,
        },
        "crossed": [
            {"expected": expected, "given": given, "cases": count} for (expected, given), count in urgency.crossed
        ],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.label.id,
        "bucket": outcome.label.bucket,
        "strict": outcome.label.strict,
        "level": outcome.level,
        "complete": outcome.complete,
        "rank": outcome.rank,
        "bucketRank": outcome.bucket_rank,
        "probabilityOfRight": _number(outcome.probability_of_right),
        "toExclude": [str(c) for c in outcome.to_exclude],
        "toExcludeHoldsRight": outcome.excludes_right,
        "firstThree": [str(p.hypothesis.condition) for p in outcome.placed[:3]],
        "refused": [issue.to_json() for issue in outcome.issues],
    }


def _miss(miss: Miss) -> dict[str, Any]:
    return {
        "id": miss.id,
        "bucket": miss.bucket,
        "right": _standing(miss.right) if miss.right else None,
        "above": [_standing(s) for s in miss.above],
        "notAsked": [str(f) for f in miss.not_asked],
        "toExcludeHoldsRight": miss.excludes_right,
        "refused": list(miss.refused),
    }


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "condition": str(standing.condition),
        "rank": standing.rank,
        "pretestProbability": _number(standing.pretest),
        "posttestProbability": _number(standing.probability),
        "counted": [
            {"row": i.row, "finding": str(i.finding), "state": i.state, "ratio": _number(i.ratio)}
            for i in standing.counted
        ],
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)
