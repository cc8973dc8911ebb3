"""The arithmetic of the differential, over drawn cases."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lumbarkg import vocabulary as v
from lumbarkg.assessment import ContradictoryCaseError, assess, conclude, load_engine
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import draft_case
from lumbarkg.model import Assessment, Case, Differential, EvidenceItem, Hypothesis
from lumbarkg.ranking.contributions import is_replacement
from lumbarkg.ranking.posterior import posteriors
from lumbarkg.ranking.rank import counted
from lumbarkg.resources import release_dir, shapes_dir
from tests.laws.cases import cases, findings

ENGINE = load_engine(release_dir(), shapes_dir())
MANY = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def _read(document: dict[str, Any]) -> Case:
    """The case without the shapes, whose verdict on drawn cases is another suite's matter."""
    return draft_case(document, ENGINE.lookup, ENGINE.ranker.tables.settings()).case()


def _assess(document: dict[str, Any]) -> Assessment | None:
    try:
        return assess(_read(document), ENGINE)
    except ContradictoryCaseError:
        return None


def _rank(document: dict[str, Any]) -> Differential | None:
    found = _assess(document)
    return None if found is None else found.differential


def _with(document: dict[str, Any], *added: dict[str, Any]) -> dict[str, Any]:
    return {**document, "findings": [*document["findings"], *added]}


def _drawn_pair(case: dict[str, Any], finding: dict[str, Any]) -> tuple[Differential, Differential]:
    """The differential without and with one more finding; a contradictory case is not ranked."""
    before, after = _rank(case), _rank(_with(case, finding))
    assume(before is not None and after is not None)
    assert before is not None
    assert after is not None
    return before, after


def _by_condition(differential: Differential) -> dict[Iri, Hypothesis]:
    return {h.condition: h for h in differential.hypotheses}


def _weight(hypothesis: Hypothesis) -> float:
    return hypothesis.pretest_probability.value * math.prod(item.ratio for item in counted(hypothesis))


def _new_items(before: Hypothesis, after: Hypothesis) -> list[EvidenceItem]:
    """The rows that a case brings and the other did not, or in full where the other damped them; counted or not."""
    known = {(i.row, i.state, i.damping) for i in before.evidence}
    return [i for i in after.evidence if (i.row, i.state, i.damping) not in known]


def _replaced(before: Hypothesis, after: Hypothesis) -> bool:
    """Whether a score or a pattern's own row newly counts in place of other rows; its reason says so."""
    old = {i.row for i in counted(before) if is_replacement(i)}
    return any(is_replacement(i) and i.row not in old for i in counted(after))


# ---------------------------------------------------------------- probabilities


@MANY
@given(cases(ENGINE))
def test_probabilities_sum_to_one_and_their_intervals_contain_them(case: dict[str, Any]) -> None:
    differential = _rank(case)
    assume(differential is not None)
    assert differential is not None
    assert math.isclose(sum(h.posttest_probability.value for h in differential.hypotheses), 1, abs_tol=1e-12)
    assert differential.reference in {h.condition for h in differential.hypotheses}
    assert [h.rank for h in differential.hypotheses] == list(range(1, len(differential.hypotheses) + 1))
    for hypothesis in differential.hypotheses:
        low, high = hypothesis.interval
        assert 0 <= low.value < hypothesis.posttest_probability.value < high.value <= 1


@MANY
@given(cases(ENGINE))
def test_the_shown_arithmetic_gives_the_shown_odds(case: dict[str, Any]) -> None:
    """posttestᵢ / posttest_NS = (priorᵢ / prior_NS) × ΠLRᵢ / ΠLR_NS, from the rows as shown."""
    differential = _rank(case)
    assume(differential is not None)
    assert differential is not None
    reference = _by_condition(differential)[differential.reference]
    for hypothesis in differential.hypotheses:
        shown = hypothesis.posttest_probability.value / reference.posttest_probability.value
        assert math.isclose(shown, _weight(hypothesis) / _weight(reference), rel_tol=1e-9)


@given(st.lists(st.tuples(st.floats(-900, 5), st.floats(0, 4)), min_size=1, max_size=25))
def test_posteriors_stay_probabilities(weights: list[tuple[float, float]]) -> None:
    logs, variances = (np.array(column) for column in zip(*weights, strict=True))
    found = posteriors(logs, variances, 1.96)
    assert math.isclose(found.probabilities.sum(), 1, abs_tol=1e-9)
    for low, point, high in zip(found.low, found.probabilities, found.high, strict=True):
        assert 0 <= low <= point <= high <= 1


@given(st.lists(st.tuples(st.floats(-20, 5), st.floats(0.01, 4)), min_size=2, max_size=12))
def test_the_interval_is_that_of_the_delta_method(weights: list[tuple[float, float]]) -> None:
    """Against the formula written out: Var logit pᵢ = vᵢ + Σ_{j≠i} (wⱼ/Σ_{k≠i} w_k)² vⱼ."""
    logs, variances = (np.array(column) for column in zip(*weights, strict=True))
    found = posteriors(logs, variances, 1.96)
    plain = [math.exp(log) for log, _ in weights]
    for i, (own, variance) in enumerate(weights):
        rest = math.fsum(w for j, w in enumerate(plain) if j != i)
        total = variance + math.fsum((w / rest) ** 2 * weights[j][1] for j, w in enumerate(plain) if j != i)
        logit = own - math.log(rest)
        for sign, shown in ((-1, found.low[i]), (1, found.high[i])):
            assert math.isclose(shown, 1 / (1 + math.exp(-(logit + sign * 1.96 * math.sqrt(total)))), rel_tol=1e-9)


@pytest.mark.parametrize("setting", ENGINE.ranker.tables.settings())
def test_non_specific_pain_has_the_largest_prior(setting: str) -> None:
    differential = _rank({"setting": setting, "findings": []})
    assert differential is not None
    assert differential.hypotheses[0].condition == differential.reference
    for hypothesis in differential.hypotheses:
        assert math.isclose(hypothesis.posttest_probability.value, hypothesis.pretest_probability.value, rel_tol=1e-9)


# ---------------------------------------------------------------- clusters and conflicts


@MANY
@given(cases(ENGINE))
def test_one_row_a_cluster_counts_and_what_does_not_count_contributes_one(case: dict[str, Any]) -> None:
    differential = _rank(case)
    for hypothesis in differential.hypotheses if differential else ():
        clusters = [item.cluster for item in counted(hypothesis)]
        assert len(clusters) == len(set(clusters))
        assert all(item.ratio == 1 and item.reason for item in hypothesis.evidence if not item.counted)
        answered = [(item.finding, item.state) for item in counted(hypothesis)]
        assert len(answered) == len(set(answered))


@MANY
@given(cases(ENGINE), findings(ENGINE))
def test_more_evidence_in_one_cluster_never_counts_twice(case: dict[str, Any], finding: dict[str, Any]) -> None:
    """A cluster multiplies by one of its rows: never by more than the strongest of them, in either direction."""
    differential = _rank(_with(case, finding))
    for hypothesis in differential.hypotheses if differential else ():
        for item in counted(hypothesis):
            rivals = [
                abs(math.log(i.published_ratio)) * i.damping
                for i in hypothesis.evidence
                if i.cluster == item.cluster and i.published_ratio is not None
            ]
            assert abs(math.log(item.ratio)) <= max(rivals) + 1e-12


# ---------------------------------------------------------------- one more finding


ROWS_FOR = sorted(
    (row.finding, condition)
    for condition, rows in ENGINE.ranker.rows.items()
    for row in rows
    if (row.lr_positive or 1) > 1
    and not row.row.not_used_because
    and ENGINE.knowledge.is_subclass(row.finding, v.FINDING)
    and row.finding in ENGINE.lookup.assertable(v.FINDING)
)


def test_there_are_rows_that_speak_for_a_condition() -> None:
    assert len(ROWS_FOR) > 200


SPEAKS_FOR = sorted({finding.local_name for finding, _ in ROWS_FOR})


@MANY
@given(cases(ENGINE), st.sampled_from(SPEAKS_FOR))
def test_what_speaks_for_one_hypothesis_alone_never_lowers_it(case: dict[str, Any], finding: str) -> None:
    """But where a published score or a pattern's own row replaces its members, and then the answer says so."""
    before, after = _drawn_pair(case, {"finding": finding})
    old = _by_condition(before)
    moved = {c: items for c, h in _by_condition(after).items() if (items := _new_items(old[c], h))}
    assume(len(moved) == 1)
    condition, items = next(iter(moved.items()))
    assume(all(i.published_ratio is None or i.published_ratio > 1 for i in items))
    hypothesis = _by_condition(after)[condition]
    if not _replaced(old[condition], hypothesis):
        assert hypothesis.posttest_probability.value >= old[condition].posttest_probability.value - 1e-12


@MANY
@given(cases(ENGINE), st.sampled_from(ROWS_FOR))
def test_denying_a_finding_never_raises_the_hypothesis_it_supports(case: dict[str, Any], row: tuple[Iri, Iri]) -> None:
    """In odds against the reference: the share of the whole also moves with what the denial does to the others."""
    finding, condition = row
    before, after = _drawn_pair(case, {"finding": finding.local_name, "status": "absent"})
    old, new = _by_condition(before), _by_condition(after)
    # A kind of the finding may speak against the condition; then its own denial speaks for it.
    new_items = _new_items(old[condition], new[condition])
    assume(all(i.published_ratio is None or i.published_ratio <= 1 for i in new_items))
    if not _replaced(old[condition], new[condition]):
        assert _weight(new[condition]) <= _weight(old[condition]) * (1 + 1e-12)


@MANY
@given(cases(ENGINE), findings(ENGINE))
def test_a_finding_moves_only_what_a_row_links_it_to(case: dict[str, Any], finding: dict[str, Any]) -> None:
    """Unrelated findings change nothing: where no new row comes, the weight and its interval's variance stay."""
    before, after = _drawn_pair(case, finding)
    old = _by_condition(before)
    for condition, hypothesis in _by_condition(after).items():
        if not _new_items(old[condition], hypothesis):
            assert math.isclose(_weight(hypothesis), _weight(old[condition]), rel_tol=1e-12)
            assert counted(hypothesis) == counted(old[condition])


SILENT = sorted(
    finding.local_name
    for finding in ENGINE.lookup.assertable(v.FINDING)
    if not (ENGINE.knowledge.superclasses(finding) | ENGINE.knowledge.subclasses(finding))
    & {row.finding for rows in ENGINE.ranker.rows.values() for row in rows}
)


@pytest.mark.parametrize("status", ["present", "absent"])
def test_findings_without_any_row_change_no_figure(status: str) -> None:
    case = {"age": 40, "findings": [{"finding": "LegPain", "laterality": "Left"}, {"finding": "LowBackStiffness"}]}
    before = _rank(case)
    assert before is not None
    assert len(SILENT) > 20
    for name in SILENT[::3]:
        after = _rank(_with(case, {"finding": name, "status": status}))
        assert after is not None
        assert [(h.condition, h.posttest_probability, h.interval) for h in after.hypotheses] == [
            (h.condition, h.posttest_probability, h.interval) for h in before.hypotheses
        ]


@MANY
@given(cases(ENGINE), st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(case: dict[str, Any], random: Any) -> None:
    shuffled = list(case["findings"])
    random.shuffle(shuffled)
    one, other = _assess(case), _assess({**case, "findings": shuffled})
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        for get in (
            lambda a: [
                (h.condition, h.posttest_probability, h.interval, h.evidence) for h in a.differential.hypotheses
            ],
            lambda a: [(q.kind, q.property, q.gain) for q in a.next_questions if q.gain is not None],
            lambda a: a.stop,
            lambda a: a.contributors,
        ):
            assert get(one) == get(other)


# ---------------------------------------------------------------- match


@MANY
@given(cases(ENGINE, statuses=("absent",)))
def test_denying_a_narrow_finding_never_applies_the_negative_ratio_of_a_broad_one(case: dict[str, Any]) -> None:
    differential = _rank(case)
    denied = {ENGINE.terms.find(f["finding"], ENGINE.lookup.assertable(v.FINDING)) for f in case["findings"]}
    for hypothesis in differential.hypotheses if differential else ():
        for item in hypothesis.evidence:
            if item.state == "absent" and ENGINE.knowledge.is_subclass(item.finding, v.FINDING):
                assert ENGINE.knowledge.superclasses(item.finding) & denied


def test_a_broad_denial_reaches_the_rows_of_the_narrow() -> None:
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
    items = {i.finding.local_name: i for h in differential.hypotheses for i in h.evidence if i.counted}
    assert items["FootDrop"].damping == 1
    weak = items.get("LegWeakness") or next(
        i for h in differential.hypotheses for i in h.evidence if i.finding.local_name == "LegWeakness"
    )
    assert weak.damping == 0.5


@MANY
@given(cases(ENGINE))
def test_what_is_shown_as_damped_is_the_ratio_to_that_power(case: dict[str, Any]) -> None:
    differential = _rank(case)
    for hypothesis in differential.hypotheses if differential else ():
        for item in counted(hypothesis):
            assert item.published_ratio is not None
            assert math.isclose(item.ratio, item.published_ratio**item.damping, rel_tol=1e-12)
            assert item.state == "present" or item.damping == 1


def test_nothing_is_weighed_of_another_settings_priors() -> None:
    for setting in ENGINE.ranker.tables.settings():
        differential = _rank({"setting": setting, "findings": []})
        assert differential is not None
        rows = {p.id for p in ENGINE.ranker.tables.priors if p.setting == setting}
        assert {h.prior_row for h in differential.hypotheses} == rows
    with pytest.raises(KeyError):
        conclude(Case(setting="elsewhere"), ENGINE)
