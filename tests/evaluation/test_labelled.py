"""Labelled cases are read whole or refused with every issue at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lumbarkg.assessment import Engine
from lumbarkg.errors import InvalidInputError
from lumbarkg.evaluation.labelled import read_buckets, read_labelled

GOOD: dict[str, Any] = {
    "id": "one",
    "age": 40,
    "findings": [{"finding": "LowBackPain"}, {"finding": "RaisedCRP"}],
    "expected": {
        "bucket": "infection",
        "conditions": ["SpinalInfection"],
        "triage": ["SameDay", "Urgent"],
        "tests": [1],
        "triggers": [{"rule": "R07a", "level": "SameDay", "needsTests": True}],
    },
}


def _lines(*cases: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(case) for case in cases).encode()


def test_a_case_is_read_with_and_without_its_tests(engine: Engine) -> None:
    (case,) = read_labelled(_lines(GOOD), engine)
    assert [f.term.local_name for f in case.full.findings] == ["LowBackPain", "RaisedCRP"]
    assert [f.term.local_name for f in case.history.findings] == ["LowBackPain"]
    assert case.label.triage == ("SameDay", "Urgent")
    assert case.label.triggers[0].needs_tests


def test_a_setting_may_be_given_for_all(engine: Engine) -> None:
    (case,) = read_labelled(_lines(GOOD), engine, "emergency")
    assert case.full.setting == case.history.setting == "emergency"


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"id": None}, "missing-field", "/0/id"),
        ({"expected": None}, "missing-field", "/0/expected"),
        ({"expected": {"conditions": []}}, "missing-field", "/0/expected/conditions"),
        ({"expected": {"conditions": ["SpinalInfektion"]}}, "unknown-term", "/0/expected/conditions/0"),
        ({"expected": {"conditions": ["LowBackPain"]}}, "wrong-kind", "/0/expected/conditions/0"),
        ({"expected": {"conditions": ["DiscHerniation"], "triage": ["soon"]}}, "unknown-level", "/0/expected/triage/0"),
        ({"expected": {"conditions": ["DiscHerniation"], "triage": "Urgent"}}, "wrong-type", "/0/expected/triage"),
        ({"expected": {"conditions": ["DiscHerniation"], "triggers": ["R01"]}}, "wrong-type", "/0/expected/triggers"),
        (
            {"expected": {"conditions": ["DiscHerniation"], "triggers": [{"rule": "R01"}]}},
            "unknown-level",
            "/0/expected/triggers/0/level",
        ),
        ({"findings": 3}, "wrong-type", "/0/findings"),
        ({"expected": {"conditions": ["DiscHerniation"], "tests": [2]}}, "wrong-type", "/0/expected/tests"),
        ({"expected": {"conditions": ["DiscHerniation"], "bukket": "x"}}, "unknown-field", "/0/expected/bukket"),
        ({"findings": [{"finding": "Fver"}]}, "unknown-term", "/0/findings/0/finding"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(change: dict[str, Any], code: str, path: str, engine: Engine) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_labelled(_lines({**GOOD, **change}), engine)
    assert (code, path) in {(issue.code, issue.path) for issue in refused.value.issues}


def test_every_line_is_read_before_any_is_refused(engine: Engine) -> None:
    bad = {"id": "two", "findings": [{"finding": "Fver"}], "expected": {"conditions": ["Nothing"]}}
    with pytest.raises(InvalidInputError) as refused:
        read_labelled(_lines(GOOD, bad, GOOD) + b"\n{", engine)
    paths = {issue.path for issue in refused.value.issues}
    assert {"/1/findings/0/finding", "/1/expected/conditions/0", "/2/id", "/3"} <= paths


def test_an_empty_file_is_refused(engine: Engine) -> None:
    with pytest.raises(InvalidInputError, match="no case"):
        read_labelled(b"\n", engine)


def test_a_bucket_stands_for_its_conditions(engine: Engine) -> None:
    buckets = read_buckets("bucket\tcondition\ninfection\tSpinalInfection\n", engine)
    expected = {"bucket": "infection"}
    (case,) = read_labelled(_lines({**GOOD, "expected": expected}), engine, None, buckets)
    assert [c.local_name for c in case.label.conditions] == ["SpinalInfection"]
    with pytest.raises(InvalidInputError, match="No condition"):
        read_labelled(_lines({**GOOD, "expected": expected}), engine)


def test_buckets_take_conditions_together(engine: Engine) -> None:
    first, second = read_buckets(
        "bucket\tcondition\na\tDiscHerniation\nb\tMuscleStrain\na\tLumbarRadiculopathy\n", engine
    )
    assert (first.name, len(first.conditions), second.name) == ("a", 2, "b")
    with pytest.raises(InvalidInputError, match="Herniation"):
        read_buckets("bucket\tcondition\na\tDiscHerniationn\n", engine)
