"""The phrases of the development cases become terms by tables alone, and the converted file is what they give."""

from __future__ import annotations

import importlib.util
import json
from types import ModuleType
from typing import Any

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, read_case
from tests.conftest import ROOT, SHARED

CASES = ROOT / "tests" / "cases"
CONVERTED = CASES / "development" / "cases.jsonl"
SOURCE: dict[str, Any] = {
    "id": "x",
    "kind": "exam_item",
    "bucket": "muscle_strain",
    "gold_triage": "routine",
    "triage_convention": "selfcare",
    "label_confidence": "high",
    "strict": True,
    "age": 71,
    "sex": "female",
    "onset": "3 days",
    "activity": None,
    "present": ["fever (38.9 C)", "raised CRP"],
    "absent": ["trauma"],
    "present_tests": ["raised CRP"],
}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("convert_cases", ROOT / "tools" / "convert_cases.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def converter(tool: ModuleType) -> Any:
    return tool.Converter()


def test_the_converted_file_is_current(tool: ModuleType) -> None:
    source = SHARED / "cases" / "development.jsonl"
    if not source.is_file():
        pytest.skip(f"the development cases are not at {source}")
    lines = source.read_text("utf-8").splitlines()
    assert len(lines) == 48
    assert tool.convert_file(lines) == CONVERTED.read_text("utf-8")


def test_every_phrase_gives_a_case_that_is_valid(tool: ModuleType, converter: Any, engine: Engine) -> None:
    phrases = [row["phrase"] for row in tool.read_table("finding_phrases.tsv")]
    onsets = [row["phrase"] for row in tool.read_table("onset_phrases.tsv")]
    activities = [row["phrase"] for row in tool.read_table("activity_phrases.tsv")]
    assert (len(phrases), len(onsets), len(activities)) == (379, 40, 28)
    sources = [
        *({**SOURCE, "present": [p], "absent": [], "present_tests": []} for p in phrases),
        *({**SOURCE, "present": [], "absent": [p]} for p in phrases),
        *({**SOURCE, "onset": o} for o in onsets),
        *({**SOURCE, "activity": a} for a in activities),
    ]
    for source in sources:
        case = converter.convert(source)
        case.pop("id"), case.pop("expected")
        read_case({"findings": [], **case}, engine)


def test_a_case_is_converted_as_by_hand(converter: Any) -> None:
    case = converter.convert(SOURCE)
    assert case["setting"] == "emergency"
    assert case["findings"] == [
        {"finding": "RaisedBodyTemperature", "value": 38.9},
        {"finding": "RaisedCRP"},
        {"finding": "Trauma", "status": "absent"},
        {"finding": "BackPain", "durationHours": 72},
    ]
    assert case["expected"]["tests"] == [1]
    assert case["expected"]["triggers"] == [{"rule": "R07a", "level": "SameDay", "needsTests": False}]
    assert case["expected"]["triage"] == ["Routine"]


def test_the_diagnosis_does_not_choose_a_term(converter: Any) -> None:
    one = converter.convert(SOURCE)
    other = converter.convert({**SOURCE, "bucket": "spinal_infection", "gold_triage": None})
    assert {k: x for k, x in one.items() if k != "expected"} == {k: x for k, x in other.items() if k != "expected"}


def test_an_exercise_chooses_the_setting(converter: Any) -> None:
    case = converter.convert({**SOURCE, "activity": "golf"})
    assert (case["setting"], case["exposures"]) == ("sports-clinic", [{"exercise": "Golf"}])


def test_a_denial_of_what_was_present_at_another_time_is_left_out(converter: Any) -> None:
    case = converter.convert({**SOURCE, "present": ["fever"], "absent": ["fever (37.4 C)"]})
    assert [f for f in case["findings"] if f["finding"] == "Fever"] == [{"finding": "Fever"}]


def test_every_unknown_phrase_is_named(tool: ModuleType) -> None:
    bad = {**SOURCE, "present": ["a new phrase", "another"], "onset": "once", "bucket": "none"}
    with pytest.raises(ValueError, match="a new phrase") as refused:
        tool.convert_file([json.dumps(bad)])
    assert all(
        text in str(refused.value) for text in ("another", "onset_phrases.tsv: once", "bucket_conditions.tsv: none")
    )


def test_every_condition_of_a_bucket_exists(tool: ModuleType, engine: Engine) -> None:
    names = {i.local_name for i in engine.lookup.assertable(v.CONDITION)}
    rows = tool.read_table("bucket_conditions.tsv")
    assert len(rows) > 40
    assert [r["condition"] for r in rows if r["condition"] not in names] == []


def test_triggers_name_the_urgent_rules_of_the_ontology(tool: ModuleType, engine: Engine) -> None:
    levels = {a.rule: a.level.name for a in engine.rules.alternatives if a.rule.startswith("R")}
    rules = {row["rule"]: row["level"] for row in tool.read_table("trigger_rules.tsv")}
    assert rules == {rule: level for rule, level in levels.items() if level in ("Emergency", "SameDay")}
    parts = {part for row in tool.read_table("trigger_rules.tsv") for part in row["parts"].split(" + ")}
    assert {row["part"] for row in tool.read_table("trigger_phrases.tsv")} <= parts
