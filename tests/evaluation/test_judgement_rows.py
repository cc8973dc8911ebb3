"""Judgement rows keep to their few weights, to what their reference rates allow, and to reasons true of any patient."""

from __future__ import annotations

import re
from collections import defaultdict

from lumbarkg.assessment import Engine
from lumbarkg.ontology.evidence import LikelihoodRow

WEIGHTS = {0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0}
# cluster → the hypotheses that explain its findings (docs/decisions/0036), and those with a row of their own on them.
EXPLAINED = {
    "unexplained-fever": 12,
    "unexplained-deficit": 21,
    "unexplained-sacral-loss": 7,
    "unexplained-shock": 11,
    "unexplained-muscle-breakdown": 13,
}


def _judged(engine: Engine) -> list[LikelihoodRow]:
    return [row for row in engine.ranker.tables.likelihood_ratios if row.lr_origin == "judgement"]


def test_weights_are_the_few_allowed(engine: Engine) -> None:
    rows = _judged(engine)
    assert len(rows) > 1000
    ratios = {float(r) for row in rows for r in (row.lr_positive, row.lr_negative) if r is not None}
    assert ratios <= WEIGHTS


def test_a_finding_is_no_more_likely_than_certain(engine: Engine) -> None:
    """Ratio × P(finding | reference) is P(finding | condition)."""
    beyond = [
        row.id
        for row in _judged(engine)
        if row.specificity is not None
        and (
            (row.lr_positive is not None and float(row.lr_positive) * (1 - float(row.specificity)) > 1 + 1e-9)
            or (row.lr_negative is not None and float(row.lr_negative) * float(row.specificity) > 1 + 1e-9)
        )
    ]
    assert beyond == []


def test_one_finding_has_one_reference_rate(engine: Engine) -> None:
    rates = defaultdict(set)
    for row in _judged(engine):
        if row.specificity is not None:
            rates[row.finding].add(row.specificity)
    assert {str(finding): sorted(map(float, r)) for finding, r in rates.items() if len(r) > 1} == {}


def test_a_finding_is_judged_once_for_a_condition(engine: Engine) -> None:
    pairs = [(row.finding, row.condition) for row in _judged(engine)]
    assert len(pairs) == len(set(pairs))


def test_a_reason_names_no_case(engine: Engine) -> None:
    for row in _judged(engine):
        assert len(row.note) > 8, row.id
        assert not re.search(r"\b(dev|case)[- ]?\d|held[- ]out|development case", row.note, re.IGNORECASE), row.id


def test_what_a_cause_cannot_explain_is_judged_for_every_hypothesis(engine: Engine) -> None:
    hypotheses = {row.condition for row in engine.ranker.tables.priors}
    assert len(hypotheses) == 35
    rows = defaultdict(set)
    for row in _judged(engine):
        if row.cluster in EXPLAINED:
            rows[row.cluster].add(row.condition)
            assert row.lr_positive is not None
            assert float(row.lr_positive) == 0.1
    assert {cluster: len(hypotheses - having) for cluster, having in rows.items()} == EXPLAINED
    reference = engine.ranker.reference
    assert all(reference in having for having in rows.values())
