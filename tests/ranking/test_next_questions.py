"""The next question: its gain against the formula written out, its reasons, and when to stop."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Conclusions, ContradictoryCaseError, Engine, assess, conclude, load_engine
from lumbarkg.intake.case_json import draft_case
from lumbarkg.model import Assessment, Case
from lumbarkg.resources import release_dir, shapes_dir
from tests.laws.cases import cases

Answer = Callable[[dict[str, Any]], dict[str, Any]]
ENGINE = load_engine(release_dir(), shapes_dir())
TABLES = ENGINE.ranker.tables


def _read(document: dict[str, Any]) -> Case:
    return draft_case(document, ENGINE.lookup, TABLES.settings()).case()


def _entropy(shares: list[float]) -> float:
    return -math.fsum(p * math.log2(p) for p in shares if p > 0)


def _gain(found: Conclusions, factors: dict[int, float], rate: float) -> float:
    """H before − P(yes) H(after yes) − P(no) H(after no), with P(finding | Dᵢ) = min(0.99, Lᵢ q)."""
    shares = found.standing.posterior.probabilities.tolist()
    given_hypothesis = [min(0.99, factors.get(i, 1.0) * rate) for i in range(len(shares))]
    yes = math.fsum(p * g for p, g in zip(shares, given_hypothesis, strict=True))
    after_yes = [p * g / yes for p, g in zip(shares, given_hypothesis, strict=True)]
    after_no = [p * (1 - g) / (1 - yes) for p, g in zip(shares, given_hypothesis, strict=True)]
    return _entropy(shares) - yes * _entropy(after_yes) - (1 - yes) * _entropy(after_no)


def _after(document: dict[str, Any], finding: str, status: str = "present") -> Conclusions:
    added = [*document["findings"], {"finding": finding, "status": status}]
    return conclude(_read({**document, "findings": added}), ENGINE)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(cases(ENGINE), st.data())
def test_the_gain_is_the_expected_reduction_of_entropy(case: dict[str, Any], data: st.DataObject) -> None:
    """The factors are those that the engine applies when the finding is then told to be present."""
    try:
        found, assessment = conclude(_read(case), ENGINE), assess(_read(case), ENGINE)
    except ContradictoryCaseError:
        assume(False)
    asked = [q for q in assessment.next_questions if q.gain is not None and q.property is None]
    assume(asked)
    question = data.draw(st.sampled_from(asked))
    try:
        after = _after(case, question.term.local_name)
    except ContradictoryCaseError:
        assume(False)
    # A pattern that the answer completes brings rows that the question does not speak of.
    assume(found.entailments.types == after.entailments.types)
    logs = (after.standing.logs - found.standing.logs).tolist()
    factors = {i: math.exp(log) for i, log in enumerate(logs)}
    assert question.reference_rate is not None
    assert math.isclose(question.gain or 0, _gain(found, factors, question.reference_rate), abs_tol=1e-9)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(cases(ENGINE))
def test_the_largest_gain_is_asked_first_and_nothing_that_is_known(case: dict[str, Any]) -> None:
    try:
        found, assessment = conclude(_read(case), ENGINE), assess(_read(case), ENGINE)
    except ContradictoryCaseError:
        assume(False)
    gains = [q.gain for q in assessment.next_questions if q.gain is not None]
    assert gains == sorted(gains, reverse=True)
    kinds = [q.gain is None for q in assessment.next_questions]
    assert kinds == sorted(kinds, reverse=True), "what is asked for the sake of triage comes first"
    known = found.standing.seen.present | found.standing.seen.denied
    assert not {q.term for q in assessment.next_questions if q.gain is not None and q.property is None} & known
    assert len({(q.term, q.property) for q in assessment.next_questions}) == len(assessment.next_questions)


def _top(assessment: Assessment) -> list[str]:
    return [h.condition for h in assessment.differential.hypotheses[:3]]


ALL_DENIED = [{"finding": group.finding.local_name, "status": "absent"} for group in ENGINE.rules.groups]


def test_stop_means_that_no_single_answer_changes_the_first_three() -> None:
    """Every question that is left is answered both ways, one at a time, once red flags are denied."""
    clear = {
        "age": 30,
        "exposures": [{"exercise": "Deadlift", "unaccustomed": True, "hoursBeforeOnset": 20}],
        "findings": [
            {
                "finding": "LowBackPain",
                "character": ["Dull"],
                "hoursAfterExercise": 20,
                "durationHours": 10,
                "course": "Improving",
                "laterality": "Bilateral",
            },
            {"finding": "LowBackMuscleSoreness", "hoursAfterExercise": 20, "durationHours": 10, "course": "Improving"},
            {"finding": "ThighMuscleSoreness"},
            *ALL_DENIED,
        ],
    }
    seen = {True: 0, False: 0}
    for extra in ([], _denied_rows(clear)):
        case = {**clear, "findings": [*clear["findings"], *extra]}
        assessment = assess(_read(case), ENGINE)
        assert not [q for q in assessment.next_questions if q.kind == "redFlagGroup"]
        seen[assessment.stop] += 1
        changed = _changed_by_one_answer(case, assessment)
        if assessment.stop:
            assert changed == []
    assert seen[True] == 1, "a case of which all is known has nothing left to ask"


def _open(case: dict[str, Any]) -> list[str]:
    found = conclude(_read(case), ENGINE)
    known = found.standing.seen.present | found.standing.seen.denied
    questions = ENGINE.chooser.questions[found.standing.setting.name].askable
    return [
        q.cls.local_name for q in questions if q.cls not in known and ENGINE.knowledge.is_subclass(q.cls, v.FINDING)
    ]


def _denied_rows(case: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"finding": name, "status": "absent"} for name in _open(case)]


def _changed_by_one_answer(case: dict[str, Any], assessment: Assessment) -> list[tuple[str, str]]:
    changed = []
    for name in _open(case)[::6]:
        for status in ("present", "absent"):
            try:
                told = {**case, "findings": [*case["findings"], {"finding": name, "status": status}]}
                if _top(assess(_read(told), ENGINE)) != _top(assessment):
                    changed.append((name, status))
            except ContradictoryCaseError:
                continue
    return changed


def test_a_question_says_why_it_is_asked(answer: Answer) -> None:
    questions = answer({"age": 30, "findings": [{"finding": "LowBackPain"}]})["nextQuestions"]
    rows = {r.id for r in TABLES.likelihood_ratios} | {r.id for r in TABLES.facts}
    told = [q for q in questions if "gain" in q]
    assert len(told) == 5
    for question in told:
        assert question["question"].endswith("?")
        assert question["gain"] > 0
        assert "bits" in question["reason"]
        assert question["separates"]
        assert question["rows"]
        assert set("+".join(question["rows"]).split("+")) <= rows
        assert 0 < question["referenceRate"]["probability"] < 1
        assert question["referenceRate"]["row"].split("+")[0] in rows


def test_a_number_is_asked_where_it_decides_a_class_of_cases(answer: Answer) -> None:
    asked = answer({"age": 30, "findings": [{"finding": "LowBackPain"}]})["nextQuestions"]
    assert ("LowBackPain", "hoursAfterExercise") in {(q["term"], q.get("property")) for q in asked if "gain" in q}
    told = answer({"age": 30, "findings": [{"finding": "LowBackPain", "hoursAfterExercise": 20}]})["nextQuestions"]
    assert "hoursAfterExercise" not in {q.get("property") for q in told}


@pytest.mark.parametrize("setting", TABLES.settings())
def test_every_rate_is_a_specificity_or_a_judged_rate(setting: str, engine: Engine) -> None:
    questions = engine.chooser.questions[setting].askable
    assert len(questions) > 150
    specificities = {r.id: r.specificity for r in TABLES.likelihood_ratios}
    judged = {row.id: float(row.cells["probability"]) for row in TABLES.table("reference_rates")}
    for question in questions:
        if question.row in judged:
            assert question.rate == judged[question.row]
        else:
            specificity = specificities[question.row.split("+")[0]]
            assert specificity is not None
            assert math.isclose(question.rate, 1 - float(specificity))
