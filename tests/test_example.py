"""The main job on the example of the README, through every way in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from lumbarkg import cli
from lumbarkg.rdf.syntax import parse
from lumbarkg.resources import release_dir

EXAMPLE = json.loads((release_dir() / "examples" / "soreness-after-deadlifts.json").read_text())
ANSWER_FIELDS = {"triage", "differential", "nextQuestions", "issues", "reasoning", "disclaimer"}
TRIAGE_FIELDS = {"level", "complete", "reasons", "toExclude", "redFlagsNotAsked"}
CAUSE_FIELDS = {
    "condition",
    "rank",
    "pretestProbability",
    "posttestProbability",
    "interval",
    "evidence",
    "patterns",
    "justification",
}


@pytest.fixture
def case_file(tmp_path: Path) -> str:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(EXAMPLE))
    return str(path)


def _check(answer: dict[str, Any]) -> None:
    assert answer.keys() >= ANSWER_FIELDS
    assert answer["triage"].keys() >= TRIAGE_FIELDS
    first = answer["differential"][0]
    assert first.keys() >= CAUSE_FIELDS
    assert (first["condition"], first["rank"]) == ("DelayedOnsetMuscleSoreness", 1)
    assert first["justification"][0]["axioms"]
    assert first["justification"][0]["assertions"]
    assert (answer["triage"]["level"], answer["triage"]["complete"]) == ("NotEnoughAsked", False)
    not_asked = {flag["group"] for flag in answer["triage"]["redFlagsNotAsked"]}
    assert {"CaudaEquinaRedFlag", "LegNerveRedFlag", "InfectionRedFlag", "CancerRedFlag"} <= not_asked
    assert {question["term"] for question in answer["nextQuestions"]} >= not_asked
    assert answer["reasoning"]["complete"] is True
    assert "Not a medical device" in answer["disclaimer"]


def test_over_http(client: FlaskClient) -> None:
    response = client.post("/api/v1/assessments", json=EXAMPLE)
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    _check(response.get_json())


def test_on_the_command_line_as_json(case_file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["assess", case_file, "--format", "json"]) == 0
    _check(json.loads(capsys.readouterr().out))


def test_on_the_command_line_as_a_report(case_file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["assess", case_file]) == 0
    report = capsys.readouterr().out
    assert report.startswith("TRIAGE  NotEnoughAsked")
    assert " 1. delayed onset muscle soreness" in report
    assert "[judgement]" in report
    assert "Not a medical device" in report


def test_on_the_command_line_as_turtle(case_file: str, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.main(["assess", case_file, "--format", "turtle"]) == 0
    triples = parse(capsysbinary.readouterr().out)
    ranked = {(str(t.subject), t.predicate.local_name): t.object for t in triples}
    first = next(s for (s, p), o in ranked.items() if p == "rank" and getattr(o, "value", "") == "1")
    assert str(ranked[first, "condition"]).endswith("DelayedOnsetMuscleSoreness")


def test_a_refused_case_ends_with_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "case.json"
    path.write_text('{"findings": [{"finding": "Fver"}]}')
    assert cli.main(["assess", str(path)]) == 2
    assert "/findings/0/finding: 'Fver' is not a finding. Did you mean lkg:Fever" in capsys.readouterr().err


def test_a_missing_file_ends_with_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["assess", "no-such-file.json"]) == 1
    assert "no-such-file.json" in capsys.readouterr().err


def test_every_shipped_example_is_assessed(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    files = sorted((release_dir() / "examples").glob("*.json"))
    assert len(files) >= 3
    for file in files:
        assert answer(json.loads(file.read_text()))["differential"]


@pytest.mark.parametrize(
    "name", ["LowBackPain", "lkg:LowBackPain", "https://w3id.org/lumbarkg/LowBackPain", "low back pain"]
)
def test_a_term_is_a_name_a_curie_an_iri_or_a_label(name: str, client: FlaskClient) -> None:
    response = client.post("/api/v1/assessments", json={"findings": [{"finding": name}]})
    assert response.status_code == 200


def test_equal_answers_for_json_and_decimal_numbers(client: FlaskClient) -> None:
    """18 and 18.0 are the same number of hours: a float must not slip past a decimal facet."""
    bodies = [json.dumps(EXAMPLE), json.dumps(EXAMPLE).replace(": 18", ": 18.0")]
    answers = [client.post("/api/v1/assessments", data=b, content_type="application/json").get_json() for b in bodies]
    assert [c["posttestProbability"] for c in answers[0]["differential"]] == [
        c["posttestProbability"] for c in answers[1]["differential"]
    ]


def test_every_figure_names_its_row_source_and_status(client: FlaskClient) -> None:
    answer = client.post("/api/v1/assessments", json=EXAMPLE).get_json()
    for cause in answer["differential"]:
        assert cause["prior"]["row"]
        assert cause["prior"]["status"]
        for item in cause["evidence"]:
            assert item["row"]
            assert item["status"]
            assert item["references"] or item["status"] in ("judgement", "unverified", "secondary")
