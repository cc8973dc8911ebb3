"""The arithmetic of the differential, over drawn cases."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lumbarkg.assessment import ContradictoryCaseError, assess, load_engine, read_case
from lumbarkg.model import Differential, Hypothesis
from lumbarkg.ranking.posterior import posteriors
from lumbarkg.ranking.rank import counted
from lumbarkg.resources import release_dir, shapes_dir
from tests.laws.cases import cases

ENGINE = load_engine(release_dir(), shapes_dir())
MANY = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def _rank(document: dict[str, Any]) -> Differential | None:
    try:
        return assess(read_case(document, ENGINE), ENGINE).differential
    except ContradictoryCaseError:
        return None


@MANY
@given(cases(ENGINE))
def test_probabilities_sum_to_one_and_their_intervals_contain_them(case: dict[str, Any]) -> None:
    differential = _rank(case)
    if differential is None:
        return
    assert math.isclose(sum(h.posttest_probability.value for h in differential.hypotheses), 1, abs_tol=1e-12)
    assert differential.reference in {h.condition for h in differential.hypotheses}
    assert [h.rank for h in differential.hypotheses] == list(range(1, len(differential.hypotheses) + 1))
    for hypothesis in differential.hypotheses:
        low, high = hypothesis.interval
        assert 0 <= low.value <= hypothesis.posttest_probability.value <= high.value <= 1


@MANY
@given(cases(ENGINE))
def test_the_shown_arithmetic_gives_the_shown_odds(case: dict[str, Any]) -> None:
    """posttestᵢ / posttest_NS = (priorᵢ / prior_NS) × ΠLRᵢ / ΠLR_NS, from the rows as shown."""
    differential = _rank(case)
    if differential is None:
        return
    reference = next(h for h in differential.hypotheses if h.condition == differential.reference)
    for hypothesis in differential.hypotheses:
        shown = hypothesis.posttest_probability.value / reference.posttest_probability.value
        assert math.isclose(shown, _weight(hypothesis) / _weight(reference), rel_tol=1e-9)


def _weight(hypothesis: Hypothesis) -> float:
    return hypothesis.pretest_probability.value * math.prod(item.ratio for item in counted(hypothesis))


@MANY
@given(cases(ENGINE))
def test_one_row_a_cluster_counts_and_what_does_not_count_contributes_one(case: dict[str, Any]) -> None:
    differential = _rank(case)
    for hypothesis in differential.hypotheses if differential else ():
        clusters = [item.cluster for item in counted(hypothesis)]
        assert len(clusters) == len(set(clusters))
        assert all(item.ratio == 1 and item.reason for item in hypothesis.evidence if not item.counted)


@MANY
@given(cases(ENGINE), st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(case: dict[str, Any], random: Any) -> None:
    shuffled = list(case["findings"])
    random.shuffle(shuffled)
    one, other = _rank(case), _rank({**case, "findings": shuffled})
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert [(h.condition, h.posttest_probability) for h in one.hypotheses] == [
            (h.condition, h.posttest_probability) for h in other.hypotheses
        ]


def test_denying_a_narrow_finding_never_applies_the_negative_ratio_of_a_broad_one() -> None:
    broad = _evidence({"findings": [{"finding": "LegPain", "status": "absent"}]})
    narrow = _evidence({"findings": [{"finding": "PainBelowKnee", "status": "absent"}]})
    assert "LegPain" in broad
    assert "LegPain" not in narrow
    assert "PainBelowKnee" in broad


def _evidence(document: dict[str, Any]) -> set[str]:
    differential = _rank(document)
    assert differential is not None
    return {item.finding.local_name for h in differential.hypotheses for item in h.evidence if item.state == "absent"}


def test_an_entailed_ancestor_is_damped() -> None:
    differential = _rank({"findings": [{"finding": "FootDrop"}]})
    assert differential is not None
    damping = {i.finding.local_name: i.damping for h in differential.hypotheses for i in h.evidence}
    assert damping["FootDrop"] == 1
    assert damping["LegWeakness"] == 0.5


@pytest.mark.parametrize("setting", ENGINE.ranker.tables.settings())
def test_non_specific_pain_has_the_largest_prior(setting: str) -> None:
    differential = _rank({"setting": setting, "findings": []})
    assert differential is not None
    assert differential.hypotheses[0].condition == differential.reference
    for hypothesis in differential.hypotheses:
        assert math.isclose(hypothesis.posttest_probability.value, hypothesis.pretest_probability.value, rel_tol=1e-9)


@given(st.lists(st.tuples(st.floats(-60, 5), st.floats(0, 4)), min_size=1, max_size=25))
def test_posteriors_stay_probabilities(weights: list[tuple[float, float]]) -> None:
    logs, variances = (np.array(column) for column in zip(*weights, strict=True))
    found = posteriors(logs, variances, 1.96)
    assert math.isclose(found.probabilities.sum(), 1, abs_tol=1e-9)
    for low, point, high in zip(found.low, found.probabilities, found.high, strict=True):
        assert 0 <= low <= point <= high <= 1
