"""Bad input: a 4xx problem that lists every issue with its place and remedy; nothing guessed, no stack trace."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def _post(client: FlaskClient, body: object) -> TestResponse:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/api/v1/assessments", data=content, content_type="application/json")


def _problem(response: TestResponse, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    problem: dict[str, Any] = json.loads(response.data)
    assert problem["status"] == status
    assert all(problem[member] for member in ("type", "title", "detail"))
    assert all(issue["message"] for issue in problem["issues"])
    assert b"Traceback" not in response.data
    return problem


def _finding(**fields: Any) -> dict[str, Any]:
    return {"findings": [{"finding": "LowBackPain", **fields}]}


@pytest.mark.parametrize(
    ("body", "path", "said"),
    [
        (_finding(finding="Fver"), "/findings/0/finding", "Did you mean lkg:Fever"),
        (_finding(finding="MuscleStrain"), "/findings/0/finding", "not a finding"),
        (_finding(finding=""), "/findings/0/finding", "not a term"),
        (_finding(finding=7), "/findings/0/finding", "not a term"),
        (_finding(finding="SacroiliacProvocationPattern"), "/findings/0/finding", "not a finding"),
        ({"findings": [{"status": "present"}]}, "/findings/0/finding", "missing"),
        ({"findings": ["LowBackPain"]}, "/findings/0", "not an object"),
        (_finding(severity=11), "/findings/0/severity", "0 (none) to 10"),
        (_finding(severity="4"), "/findings/0/severity", "not a number"),
        (_finding(severity=True), "/findings/0/severity", "not a number"),
        (_finding(hoursAfterExercise=-1), "/findings/0/hoursAfterExercise", "not negative"),
        (_finding(durationHours=-0.5), "/findings/0/durationHours", "not negative"),
        (_finding(durationHours=10**40), "/findings/0/durationHours", "out of any range"),
        (_finding(course="Sideways"), "/findings/0/course", "not a course"),
        (_finding(course=["Improving", "Worsening"]), "/findings/0/course", "one course"),
        (_finding(laterality=["Left", "Right"]), "/findings/0/laterality", "one laterality"),
        (_finding(status="maybe"), "/findings/0/status", "not a status"),
        (_finding(status="absent", severity=3), "/findings/0/severity", "absent has no severity"),
        (_finding(sevrity=3), "/findings/0/sevrity", "Did you mean 'severity'"),
        ({}, "/findings", "missing"),
        ({"findings": {}}, "/findings", "not a list"),
        ({"findings": [], "age": 200}, "/age", "0 to 120"),
        ({"findings": [], "age": -1}, "/age", "0 to 120"),
        ({"findings": [], "sex": "unicorn"}, "/sex", "not a sex"),
        ({"findings": [], "setting": "spaceship"}, "/setting", "general-exerciser"),
        ({"findings": [], "name": "Jane Doe"}, "/name", "not known"),
        (
            {"findings": [], "exposures": [{"exercise": "Dedlift"}]},
            "/exposures/0/exercise",
            "Did you mean lkg:Deadlift",
        ),
        (
            {"findings": [], "exposures": [{"hoursBeforeOnset": -2}]},
            "/exposures/0/hoursBeforeOnset",
            "not negative",
        ),
        (
            {"findings": [], "exposures": [{"unaccustomed": "yes"}]},
            "/exposures/0/unaccustomed",
            "not true or false",
        ),
        ([], "", "JSON object"),
        (None, "", "JSON object"),
    ],
)
def test_each_problem_is_named_with_its_place_and_remedy(
    body: object, path: str, said: str, client: FlaskClient
) -> None:
    problem = _problem(_post(client, body), 422)
    fitting = [i for i in problem["issues"] if i["path"] == path]
    assert fitting, problem["issues"]
    assert any(said in f"{i['message']} {i['remedy']}" for i in fitting)
    assert all(i["remedy"] for i in problem["issues"])


def test_all_problems_are_told_at_once(client: FlaskClient) -> None:
    body = {
        "age": 200,
        "findings": [
            {"finding": "Fver"},
            {"finding": "LowBackPain", "severity": 11, "hoursAfterExercise": -3},
            {"finding": "LegPain", "laterality": "Upward", "durationHours": "long"},
        ],
    }
    problem = _problem(_post(client, body), 422)
    assert {i["path"] for i in problem["issues"]} == {
        "/age",
        "/findings/0/finding",
        "/findings/1/severity",
        "/findings/1/hoursAfterExercise",
        "/findings/2/laterality",
        "/findings/2/durationHours",
    }


def test_the_same_finding_present_and_absent_is_refused_with_its_triage(client: FlaskClient) -> None:
    body = {"findings": [{"finding": "FootDrop"}, {"finding": "FootDrop", "status": "absent"}]}
    problem = _problem(_post(client, body), 422)
    assert [i["code"] for i in problem["issues"]] == ["contradiction"]
    assert problem["triage"]["level"] == "Emergency"
    assert "differential" not in problem


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"findings": [',
        b'{"findings": [}',
        b"\xff\xfe{",
        b'{"findings": NaN}',
        b'{"findings": [], "findings": []}',
        b'{"findings": [{"finding": "LowBackPain", "severity": Infinity}]}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"findings": [{"finding": "LowBackPain", "severity": ' + b"9" * 6000 + b"}]}",
    ],
    ids=range(11),
)
def test_malformed_json_is_a_400(body: bytes, client: FlaskClient) -> None:
    problem = _problem(_post(client, body), 400)
    assert problem["issues"][0]["code"] == "malformed-json"


def test_malformed_json_says_line_and_column(client: FlaskClient) -> None:
    problem = _problem(_post(client, b'{\n  "findings": [,]\n}'), 400)
    assert "line 2, column 16" in problem["issues"][0]["message"]


def test_a_body_of_ten_megabytes_is_a_413(client: FlaskClient) -> None:
    problem = _problem(_post(client, b'{"findings": "' + b"x" * 10_000_000 + b'"}'), 413)
    assert "1 MiB" in problem["detail"]


def test_another_content_type_is_a_415(client: FlaskClient) -> None:
    response = client.post("/api/v1/assessments", data=b"<case/>", content_type="application/xml")
    assert "application/json" in _problem(response, 415)["detail"]


def test_an_unknown_address_and_method_are_problems(client: FlaskClient) -> None:
    _problem(client.get("/api/v1/nothing"), 404)
    response = client.get("/api/v1/assessments")
    _problem(response, 405)
    assert "POST" in response.headers["Allow"]


def test_an_empty_history_is_valid(client: FlaskClient) -> None:
    response = _post(client, {"findings": []})
    assert response.status_code == 200
    assert response.get_json()["triage"]["level"] == "NotEnoughAsked"


def test_no_finding_is_echoed_into_a_log(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    _post(client, {"findings": [{"finding": "SaddleAnaesthesia"}]})
    _post(client, {"findings": [{"finding": "NotATermAtAll"}]})
    assert "Saddle" not in caplog.text
    assert "NotATerm" not in caplog.text
