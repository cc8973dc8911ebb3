"""The short answer: triage and ranking alone, without reasons, evidence, questions and advice."""

from __future__ import annotations

from typing import Any

from lumbarkg.assessment import Conclusions, Engine, conclude, timing_issues
from lumbarkg.model import Case, Disposition
from lumbarkg.render.json import DISCLAIMER
from lumbarkg.render.sources import Sources


def assess_compact(case: Case, engine: Engine) -> dict[str, Any]:
    """Triage and ranking of a case, as JSON; the figures are those of the full answer.

    Raises ContradictoryCaseError where a present finding falls under a denied one.
    """
    found = conclude(case, engine)
    sources = engine.sources
    return {
        "disclaimer": DISCLAIMER,
        "view": "compact",
        "triage": _triage(found.disposition, sources),
        "setting": case.setting,
        "asOfHours": float(case.as_of_hours),
        "differential": _differential(found, sources),
        "issues": [issue.to_json() for issue in timing_issues(found.case)],
        "reasoning": engine.reasoning,
    }


def _triage(disposition: Disposition, sources: Sources) -> dict[str, Any]:
    return {
        "level": disposition.level,
        "complete": disposition.complete,
        "statement": disposition.statement,
        "action": disposition.action,
        "reasons": [sources.term(match.pattern, "pattern") for match in disposition.rules],
        "toExclude": [sources.term(condition, "condition") for condition, _ in disposition.to_exclude],
        "redFlagsNotAsked": [sources.term(status.finding, "group") for status in disposition.red_flags_not_asked],
    }


def _differential(found: Conclusions, sources: Sources) -> list[dict[str, Any]]:
    standing = found.standing
    setting, posterior = standing.setting, standing.posterior
    points, low, high = posterior.probabilities.tolist(), posterior.low.tolist(), posterior.high.tolist()
    return [
        {
            "rank": rank,
            **sources.term(setting.conditions[i], "condition"),
            "pretestProbability": setting.prior_probabilities[i].value,
            "posttestProbability": points[i],
            "interval": [low[i], high[i]],
        }
        for rank, i in enumerate(standing.order, start=1)
    ]
