"""The figures against examples counted by hand, and the laws that hold for any outcomes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbarkg.evaluation.bootstrap import estimate
from lumbarkg.evaluation.calibration import expected_calibration_error, first_cause_forecasts, reliability
from lumbarkg.evaluation.labelled import Trigger
from lumbarkg.evaluation.metrics import METRICS, brier_score, mean_reciprocal_rank, top, top_or_excluded
from lumbarkg.evaluation.outcome import Outcome
from lumbarkg.evaluation.urgency import check_triggers, judge_urgency, list_undetectable
from tests.evaluation.outcomes import LEVELS, outcome

FOUR = [
    outcome("a", [0.7, 0.2, 0.1], [0]),
    outcome("b", [0.5, 0.3, 0.2], [1]),
    outcome("c", [0.4, 0.3, 0.2, 0.1], [3], excludes_right=True),
    outcome("d", [], []),
]


def test_the_share_of_the_first_places_is_as_counted_by_hand() -> None:
    assert top(1)(FOUR) == 1 / 4
    assert top(3)(FOUR) == 2 / 4
    assert top_or_excluded(3)(FOUR) == 3 / 4


def test_the_mean_reciprocal_rank_is_as_counted_by_hand() -> None:
    assert mean_reciprocal_rank(FOUR) == pytest.approx((1 + 1 / 2 + 1 / 4 + 0) / 4)


def test_the_brier_score_is_as_counted_by_hand() -> None:
    assert brier_score([FOUR[0]]) == pytest.approx(0.3**2 + 0.2**2 + 0.1**2)
    assert brier_score([FOUR[1]]) == pytest.approx(0.7**2 + 0.5**2 + 0.2**2)
    assert brier_score([outcome("two", [0.5, 0.3, 0.2], [0, 1])]) == pytest.approx(0.2**2 + 0.2**2)


def test_the_calibration_is_as_counted_by_hand() -> None:
    bins = reliability(first_cause_forecasts(FOUR))
    assert [(b.count, b.stated, b.met) for b in bins] == [(1, 0.4, 0.0), (1, 0.5, 0.0), (1, 0.7, 1.0)]
    assert expected_calibration_error(bins) == pytest.approx((0.4 + 0.5 + 0.3) / 3)


def test_a_certain_forecast_lies_in_the_last_bin() -> None:
    (only,) = reliability([(1.0, True)])
    assert (only.low, only.high, only.met) == (0.9, 1.0, 1.0)


def test_nothing_gives_no_number() -> None:
    assert all(math.isnan(metric([])) for metric in METRICS.values())
    assert math.isnan(expected_calibration_error(()))


def test_a_perfect_predictor_is_perfect() -> None:
    perfect = [outcome(str(i), [1.0, 0.0, 0.0], [0]) for i in range(5)]
    assert {top(1)(perfect), top(3)(perfect), mean_reciprocal_rank(perfect)} == {1.0}
    assert brier_score(perfect) == 0.0
    assert expected_calibration_error(reliability(first_cause_forecasts(perfect))) == 0.0


def test_the_worst_predictor_is_the_worst() -> None:
    worst = [outcome("w", [1.0, 0.0], [1])]
    assert (top(1)(worst), brier_score(worst)) == (0.0, 2.0)


# ---------------------------------------------------------------- laws


@st.composite
def outcomes(draw: st.DrawFn) -> list[Outcome]:
    """Up to twelve outcomes with probabilities that sum to 1."""
    found = []
    for number in range(draw(st.integers(1, 12))):
        weights = sorted(draw(st.lists(st.floats(0.01, 1), min_size=2, max_size=6)), reverse=True)
        right = draw(st.sets(st.integers(0, len(weights) - 1), min_size=1))
        found.append(outcome(f"{number:02}", [w / sum(weights) for w in weights], sorted(right)))
    return found


@given(outcomes(), st.data())
def test_the_order_of_cases_is_irrelevant(cases: list[Outcome], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(cases))
    for metric in METRICS.values():
        assert metric(mixed) == pytest.approx(metric(cases), nan_ok=True)
        assert estimate(metric, mixed, resamples=20, seed=3) == estimate(metric, cases, resamples=20, seed=3)


@given(outcomes())
def test_figures_lie_in_their_ranges_and_agree(cases: list[Outcome]) -> None:
    assert 0 <= top(1)(cases) <= top(3)(cases) <= top_or_excluded(3)(cases) <= 1
    assert top(1)(cases) <= mean_reciprocal_rank(cases) <= 1
    assert 0 <= brier_score(cases) <= 2
    bins = reliability(first_cause_forecasts(cases))
    assert sum(b.count for b in bins) == len(cases)
    assert all(b.low - 1e-12 <= b.stated <= b.high + 1e-12 for b in bins)
    assert 0 <= expected_calibration_error(bins) <= 1


@given(outcomes(), st.integers(0, 9))
def test_the_interval_contains_the_point_and_is_seeded(cases: list[Outcome], seed: int) -> None:
    for metric in METRICS.values():
        point, low, high = estimate(metric, cases, resamples=30, seed=seed)
        assert low <= point <= high
        assert point == pytest.approx(metric(cases))
        assert (point, low, high) == estimate(metric, cases, resamples=30, seed=seed)


def test_more_cases_of_the_same_kind_narrow_the_interval() -> None:
    few = [outcome(f"{i}", [0.6, 0.4], [i % 2]) for i in range(8)]
    many = [outcome(f"{i:03}", [0.6, 0.4], [i % 2]) for i in range(200)]
    wide, narrow = (estimate(top(1), c, resamples=300, seed=1) for c in (few, many))
    assert narrow[2] - narrow[1] < wide[2] - wide[1]


# ---------------------------------------------------------------- triage


def test_urgency_is_as_counted_by_hand() -> None:
    cases = [
        outcome("right", [1], [0], level="Emergency", triage=("Emergency",)),
        outcome("under", [1], [0], level="SameDay", triage=("Emergency",)),
        outcome("over", [1], [0], level="Urgent", triage=("Routine",)),
        outcome("either", [1], [0], level="Urgent", convention=("SameDay", "Urgent")),
        outcome("open", [1], [0], level="NotEnoughAsked", convention=("Emergency",)),
        outcome("unlabelled", [1], [0], level="Emergency"),
    ]
    source = judge_urgency(cases, LEVELS, by_convention=False)
    assert (source.cases, source.right, source.under, source.over) == (3, 1, ("under",), ("over",))
    assert (source.most_urgent, source.most_urgent_found, source.most_urgent_seen) == (2, 1, 2)
    both = judge_urgency(cases, LEVELS, by_convention=True)
    assert (both.cases, both.right, both.not_enough_asked, both.sensitivity) == (5, 2, ("open",), 1 / 3)
    assert both.cases == both.right + len(both.under) + len(both.over) + len(both.not_enough_asked)
    assert sum(count for _, count in both.crossed) == both.cases


def test_a_trigger_below_its_level_is_found() -> None:
    trigger, lab = Trigger("X1", "SameDay"), Trigger("X2", "Emergency", needs_tests=True)
    cases = [
        outcome("higher", [1], [0], level="Emergency", triggers=(trigger,)),
        outcome("lower", [1], [0], level="Urgent", triggers=(trigger,)),
        outcome("open", [1], [0], level="NotEnoughAsked", triggers=(trigger, lab)),
    ]
    history = check_triggers(cases, LEVELS, with_tests=False)
    assert (history.cases, history.missed) == (3, (("lower", "X1", "Urgent"), ("open", "X1", "NotEnoughAsked")))
    assert ("open", "X2", "NotEnoughAsked") in check_triggers(cases, LEVELS, with_tests=True).missed


def test_an_emergency_without_trigger_must_not_be_calmed() -> None:
    cases = [
        outcome("open", [1], [0], level="NotEnoughAsked", triage=("Emergency",)),
        outcome("calm", [1], [0], level="Routine", convention=("Emergency",)),
        outcome("shown", [1], [0], level="Emergency", triage=("Emergency",), triggers=(Trigger("X", "Emergency"),)),
    ]
    found = list_undetectable(cases, LEVELS, with_tests=False)
    assert (found.ids, found.wrongly_calmed) == (("calm", "open"), ("calm",))
