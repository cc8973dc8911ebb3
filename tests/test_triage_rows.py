"""Every row of the triage file fires alone, ordinary soreness fires none, the gate opens only when all was asked."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.assessment import ContradictoryCaseError, Engine, assess, read_case
from lumbarkg.reasoning.realise import realise
from lumbarkg.render.json import render_disposition

CASES = Path(__file__).parent / "cases"
ROWS: list[dict[str, Any]] = json.loads((CASES / "triage_rows.json").read_text())
SORENESS: list[dict[str, Any]] = json.loads((CASES / "ordinary_soreness.json").read_text())
Answer = Callable[[dict[str, Any]], dict[str, Any]]

TEXTBOOK = {
    "age": 27,
    "exposures": [{"exercise": "Deadlift", "hoursBeforeOnset": 20, "unaccustomed": True}],
    "findings": [
        {
            "finding": "LowBackPain",
            "character": ["Dull"],
            "laterality": "Bilateral",
            "severity": 3,
            "hoursAfterExercise": 20,
            "durationHours": 24,
            "course": "Improving",
        }
    ],
}


def _groups(engine: Engine) -> list[str]:
    return [group.finding.local_name for group in engine.rules.groups]


def _denying(case: dict[str, Any], findings: list[str]) -> dict[str, Any]:
    denied = [{"finding": name, "status": "absent"} for name in findings]
    return {**case, "findings": [*case["findings"], *denied]}


def test_the_table_covers_every_row_but_the_self_care_text() -> None:
    assert len(ROWS) == 46
    assert len({row["rule"] for row in ROWS}) == 42


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['rule']}-{row['level']}")
def test_a_row_fires_alone_from_its_own_trigger(row: dict[str, Any], answer: Answer) -> None:
    triage = answer(row["case"])["triage"]
    assert row["rule"] in {reason["rule"] for reason in triage["reasons"]}
    assert triage["level"] == row["level"]


def test_the_rows_are_those_of_the_pack(engine: Engine, clinical_pack: Path) -> None:
    levels = {"T0": "Emergency", "T1": "SameDay", "T2": "Urgent", "T3": "Routine"}
    with (clinical_pack / "triage_rules.csv").open(newline="", encoding="utf-8") as file:
        pack = {r["id"]: levels[r["level"]] for r in csv.DictReader(file) if r["level"] in levels}
    ours = {a.rule: a.level.name for a in engine.rules.alternatives if a.rule.startswith("R")}
    assert len(pack) == 42
    assert ours == pack


@pytest.mark.parametrize("case", SORENESS, ids=range(len(SORENESS)))
def test_ordinary_soreness_fires_nothing(case: dict[str, Any], answer: Answer) -> None:
    triage = answer(case)["triage"]
    assert triage["reasons"] == []
    assert triage["level"] == "NotEnoughAsked"


def test_an_empty_history_is_not_enough_asked(answer: Answer, engine: Engine) -> None:
    triage = answer({"findings": []})["triage"]
    assert (triage["level"], triage["complete"]) == ("NotEnoughAsked", False)
    assert [flag["group"] for flag in triage["redFlagsNotAsked"]] == _groups(engine)


def test_textbook_soreness_reaches_self_care_when_all_was_asked_and_denied(answer: Answer, engine: Engine) -> None:
    triage = answer(_denying(TEXTBOOK, _groups(engine)))["triage"]
    assert (triage["level"], triage["complete"]) == ("SelfCare", True)
    assert triage["redFlagsNotAsked"] == []
    assert triage["selfCare"]["rule"] == "R14"
    assert triage["selfCare"]["levelStatus"] == "judgement"


def test_denying_every_member_is_as_good_as_denying_the_group(answer: Answer, engine: Engine) -> None:
    members = [
        m.local_name for g in engine.rules.groups for m in g.members if m not in engine.rules.not_self_reportable
    ]
    assert answer(_denying(TEXTBOOK, members))["triage"]["level"] == "SelfCare"


def test_no_group_may_be_left_out(answer: Answer, engine: Engine) -> None:
    """Age excludes one group here, and one counts only beside another; each of the rest keeps the gate shut."""
    groups = _groups(engine)
    kept_shut = []
    for left_out in groups:
        triage = answer(_denying(TEXTBOOK, [g for g in groups if g != left_out]))["triage"]
        if triage["level"] == "NotEnoughAsked":
            kept_shut.append(left_out)
            assert left_out in {flag["group"] for flag in triage["redFlagsNotAsked"]}
    needed_alone = set(groups) - {"VascularRedFlag", "BoneFragilityRedFlag"}
    assert needed_alone <= set(kept_shut)


def test_self_care_needs_an_age(answer: Answer, engine: Engine) -> None:
    case = {name: value for name, value in TEXTBOOK.items() if name != "age"}
    result = answer(_denying(case, _groups(engine)))
    assert result["triage"]["level"] == "NotEnoughAsked"
    assert "ageYears" in {question.get("property") for question in result["nextQuestions"]}


def test_saddle_anaesthesia_alone_is_an_emergency_even_with_the_complaint_denied(answer: Answer) -> None:
    case = {"findings": [{"finding": "SaddleAnaesthesia"}, {"finding": "LowBackPain", "status": "absent"}]}
    triage = answer(case)["triage"]
    assert triage["level"] == "Emergency"
    assert "CaudaEquinaSyndrome" in {condition["condition"] for condition in triage["toExclude"]}


def test_a_contradictory_case_is_not_ranked_but_triaged(engine: Engine) -> None:
    document = {"findings": [{"finding": "SaddleAnaesthesia"}, {"finding": "CaudaEquinaRedFlag", "status": "absent"}]}
    with pytest.raises(ContradictoryCaseError) as refused:
        assess(read_case(document, engine), engine)
    assert {issue.code for issue in refused.value.issues} == {"contradiction"}
    assert refused.value.issues[0].path == "/findings/0"
    assert render_disposition(refused.value.disposition, engine.sources)["level"] == "Emergency"


def test_left_present_and_right_absent_is_no_contradiction(answer: Answer) -> None:
    findings = [
        {"finding": "LegPain", "laterality": "Left"},
        {"finding": "LegPain", "laterality": "Right", "status": "absent"},
    ]
    triage = answer({"findings": findings})["triage"]
    assert "R02c" not in {reason["rule"] for reason in triage["reasons"]}


def test_left_and_right_match_what_bilateral_matches(answer: Answer) -> None:
    sides = [{"finding": "LegPain", "laterality": "Left"}, {"finding": "LegPain", "laterality": "Right"}]
    both = [{"finding": "LegPain", "laterality": "Bilateral"}]
    rules = [{r["rule"] for r in answer({"findings": f})["triage"]["reasons"]} for f in (sides, both)]
    assert rules[0] == rules[1]


@pytest.mark.parametrize("side", ["Left", "Right", "Bilateral"])
def test_denying_either_side_excludes_a_rule_for_both(side: str, engine: Engine) -> None:
    case = read_case({"findings": [{"finding": "LegPain", "laterality": side, "status": "absent"}]}, engine)
    assert f"{v.LKG}BilateralLegPain" in realise(case, engine.knowledge).denied


def test_a_level_below_emergency_is_a_floor_until_the_rest_is_excluded(answer: Answer) -> None:
    case = {"age": 40, "findings": [{"finding": "LegPain", "radiatesTo": ["Foot"], "laterality": "Left"}]}
    triage = answer(case)["triage"]
    assert (triage["level"], triage["complete"]) == ("Routine", False)
    assert triage["statement"].startswith("At least Routine")
    assert "CaudaEquinaRedFlag" in {flag["group"] for flag in triage["redFlagsNotAsked"]}


def test_an_affirmed_group_opens_its_members(answer: Answer) -> None:
    result = answer({"age": 40, "findings": [{"finding": "LegNerveRedFlag"}]})
    assert result["triage"]["level"] == "Urgent"
    members = {q["term"] for q in result["nextQuestions"] if q["kind"] == "finding"}
    assert {"LegWeakness", "LegNumbness", "BilateralLegPain"} <= members


def test_what_nobody_can_report_does_not_keep_the_gate_shut(engine: Engine) -> None:
    resting_on_examiner = {
        a.rule
        for a in engine.rules.alternatives
        for choice in a.choices
        for conjunct in choice
        if getattr(conjunct, "cls", None) in engine.rules.not_self_reportable
    }
    assert {"R05e", "R06a"} <= resting_on_examiner
