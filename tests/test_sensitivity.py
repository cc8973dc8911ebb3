"""Flips: each that is named changes the answer as it says, and no other does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from lumbarkg.assessment import ContradictoryCaseError, assess, conclude, load_engine
from lumbarkg.intake.case_json import draft_case
from lumbarkg.model import Case, Status
from lumbarkg.resources import release_dir, shapes_dir
from lumbarkg.sensitivity import MOST_FLIPPED, find_flips, flip, with_sensitivity
from tests.laws.cases import cases

ENGINE = load_engine(release_dir(), shapes_dir())


def _read(document: dict[str, Any]) -> Case:
    return draft_case(document, ENGINE.lookup, ENGINE.ranker.tables.settings()).case()


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(cases(ENGINE))
def test_a_flip_changes_what_it_says_and_the_others_change_nothing(document: dict[str, Any]) -> None:
    case = _read(document)
    try:
        assessment = assess(case, ENGINE)
    except ContradictoryCaseError:
        assume(False)
    named = {id(f.finding): f for f in find_flips(case, assessment, ENGINE)}
    first, level = assessment.differential.hypotheses[0].condition, assessment.disposition.level
    for finding in case.findings:
        flipped = tuple(flip(f) if f is finding else f for f in case.findings)
        try:
            found = conclude(replace(case, findings=flipped), ENGINE)
            now = found.standing.setting.conditions[found.standing.order[0]], found.disposition.level
        except ContradictoryCaseError as refused:
            now = first, refused.disposition.level
        said = named.get(id(finding))
        if said is None:
            assert now == (first, level)
        else:
            assert now == (said.first or first, said.level or level)


def test_the_finding_that_decides_is_named() -> None:
    case = _read({"age": 30, "findings": [{"finding": "SaddleAnaesthesia"}, {"finding": "Fever", "status": "absent"}]})
    assessment = assess(case, ENGINE)
    assert assessment.sensitivity is None
    flips = with_sensitivity(case, assessment, ENGINE).sensitivity
    assert flips is not None
    found = {f.finding.term.local_name: f for f in flips}
    assert found["SaddleAnaesthesia"].flipped_to is Status.ABSENT
    assert found["SaddleAnaesthesia"].level == "NotEnoughAsked"


@pytest.mark.parametrize("status", ["present", "absent"])
def test_flipping_twice_gives_the_status_back(status: str) -> None:
    (finding,) = _read({"findings": [{"finding": "LegPain", "status": status, "laterality": "Left"}]}).findings
    assert flip(flip(finding)) == finding


def test_a_very_long_case_is_flipped_in_part() -> None:
    assert 12 < MOST_FLIPPED <= 100
