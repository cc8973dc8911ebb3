"""``asOf``: time moves durations and nothing else; soreness passes, what lasts or grows escalates."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lumbarkg import vocabulary as v
from lumbarkg.assessment import ContradictoryCaseError, Engine, assess, load_engine, read_case
from lumbarkg.errors import InvalidInputError
from lumbarkg.intake.as_of import assess_later
from lumbarkg.intake.case_json import draft_case
from lumbarkg.model import Case
from lumbarkg.resources import release_dir, shapes_dir
from tests.laws.cases import cases

Answer = Callable[[dict[str, Any]], dict[str, Any]]
ENGINE = load_engine(release_dir(), shapes_dir())

SORE: dict[str, Any] = {
    "age": 27,
    "exposures": [{"exercise": "Deadlift", "hoursBeforeOnset": 18, "unaccustomed": True}],
    "findings": [
        {
            "finding": "LowBackPain",
            "character": ["Dull"],
            "laterality": "Bilateral",
            "severity": 3,
            "hoursAfterExercise": 18,
            "durationHours": 2,
            "course": "Improving",
        }
    ],
}


def _first(answer: dict[str, Any]) -> str:
    return str(answer["differential"][0]["condition"])


def _share(answer: dict[str, Any], condition: str) -> float:
    return next(float(c["posttestProbability"]) for c in answer["differential"] if c["condition"] == condition)


def test_time_moves_soreness_out(answer: Answer) -> None:
    """First at 18 hours, not at 10 days, though it began in the same hour."""
    now, later = answer(SORE), answer({**SORE, "asOf": 240})
    assert _first(now) == "DelayedOnsetMuscleSoreness"
    assert _first(later) != "DelayedOnsetMuscleSoreness"
    assert later["asOfHours"] == 240
    shares = [_share(answer({**SORE, "asOf": h}), "DelayedOnsetMuscleSoreness") for h in (0, 48, 160, 240, 1000)]
    assert shares == sorted(shares, reverse=True)


LASTING = {"age": 40, "findings": [{"finding": "LowBackPain", "durationHours": 24, "course": "Unchanged"}]}
GROWING = {
    "age": 40,
    "findings": [
        {"finding": "LowBackPain", "durationHours": 24, "course": "Worsening"},
        {"finding": "PainWorseningDespiteRest", "durationHours": 24},
    ],
}
TEENAGER = {
    "age": 15,
    "exposures": [{"exercise": "Gymnastics"}],
    "findings": [{"finding": "LowBackPain", "durationHours": 24, "course": "Improving"}],
}


@pytest.mark.parametrize(
    ("case", "hours", "rule", "level"),
    [
        (LASTING, 150, "R15a", "Routine"),
        (GROWING, 60, "R15b", "Routine"),
        (TEENAGER, 330, "R12", "Urgent"),
    ],
)
def test_what_lasts_or_grows_escalates_by_the_rules_of_the_ontology(
    case: dict[str, Any], hours: int, rule: str, level: str, answer: Answer
) -> None:
    before, after = answer(case)["triage"], answer({**case, "asOf": hours})["triage"]
    assert rule not in {reason["rule"] for reason in before["reasons"]}
    assert rule in {reason["rule"] for reason in after["reasons"]}
    assert after["level"] == level


def test_soreness_that_passes_does_not_escalate(answer: Answer) -> None:
    assert answer({**SORE, "asOf": 100})["triage"]["reasons"] == []


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(cases(ENGINE), st.sampled_from([1, 24, 200, 1000]))
def test_waiting_never_lowers_the_level(case: dict[str, Any], hours: int) -> None:
    """Triage puts no upper bound on a duration."""
    ranks = []
    for moment in (0, hours):
        try:
            told = draft_case({**case, "asOf": moment}, ENGINE.lookup, ENGINE.ranker.tables.settings()).case()
            ranks.append(assess(told, ENGINE).disposition.rank)
        except ContradictoryCaseError as refused:
            ranks.append(refused.disposition.rank)
    assert ranks[1] >= ranks[0]


def _read(case: dict[str, Any], engine: Engine) -> Case:
    return read_case(case, engine)


def test_only_durations_move(engine: Engine) -> None:
    now, later = _read(SORE, engine), _read({**SORE, "asOf": 12.5}, engine)
    assert later.findings[0].quantity(v.DURATION_HOURS) == Decimal("14.5")
    assert later.findings[0].quantity(v.HOURS_AFTER_EXERCISE) == 18
    assert later.exposures == now.exposures
    assert later.age == now.age
    assert assess_later(now, Decimal("12.5")) == later


def test_a_duration_that_is_not_known_stays_so(engine: Engine) -> None:
    case = _read({"findings": [{"finding": "LowBackPain"}], "asOf": 100}, engine)
    assert case.findings[0].quantity(v.DURATION_HOURS) is None


def test_a_moment_counts_from_the_report(engine: Engine) -> None:
    told = {**SORE, "reportedAt": "2026-03-28T22:00:00+01:00", "asOf": "2026-03-30T10:30:00+02:00"}
    assert _read(told, engine).as_of_hours == Decimal("35.5")


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"asOf": -1}, "/asOf"),
        ({"asOf": True}, "/asOf"),
        ({"asOf": []}, "/asOf"),
        ({"asOf": 10**9}, "/asOf"),
        ({"asOf": "2026-01-01T10:00:00Z"}, "/reportedAt"),
        ({"asOf": "soon", "reportedAt": "2026-01-01T10:00:00Z"}, "/asOf"),
        ({"asOf": "2026-01-01T10:00:00", "reportedAt": "2026-01-01T10:00:00Z"}, "/asOf"),
        ({"asOf": "2026-01-01T10:00:00Z", "reportedAt": "2026-01-02T10:00:00Z"}, "/asOf"),
        ({"asOf": "2026-01-01T10:00:00Z", "reportedAt": 5}, "/reportedAt"),
        ({"reportedAt": "yesterday"}, "/reportedAt"),
    ],
)
def test_a_moment_that_cannot_be_used_is_refused(fields: dict[str, Any], path: str, engine: Engine) -> None:
    with pytest.raises(InvalidInputError) as refused:
        _read({**SORE, **fields}, engine)
    assert [issue.path for issue in refused.value.issues] == [path]
    assert all(issue.remedy for issue in refused.value.issues)
