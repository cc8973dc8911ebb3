"""A stored case in three forms: what is put in one is got in the others, as far as the vocabulary has words for it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lumbarkg.assessment import Engine, read_case
from lumbarkg.cases.graphs import graph_of
from lumbarkg.model import Case
from lumbarkg.rdf.syntax import Syntax, parse
from tests.laws.cases import cases as drawn_cases
from tests.web.served import Served, serving

BASE = "/api/v1/cases"
FORMS = {"text/turtle": Syntax.TURTLE, "application/ld+json": Syntax.JSON_LD}
PREFIX = "@prefix lkg: <https://w3id.org/lumbarkg/> . "


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("record")) as found:
        yield found


def _put(served: Served, data: str | bytes, media_type: str, case_id: uuid.UUID | None = None) -> Any:
    return served.send("PUT", f"{BASE}/{case_id or uuid.uuid4()}", data=data, content_type=media_type)


def _get(served: Served, case_id: uuid.UUID, media_type: str) -> Any:
    return served.send("GET", f"{BASE}/{case_id}", headers={"Accept": media_type})


def _in_words(document: dict[str, Any], engine: Engine) -> tuple[Any, ...]:
    """What a case states, without what no word of the vocabulary says: flags that are false."""
    case: Case = read_case(document, engine)
    exposures = [(e.types, e.qualifiers, e.quantities) for e in case.exposures]
    findings = {(f.term, f.status, frozenset(f.qualifiers), frozenset(f.quantities)) for f in case.findings}
    return case.age, case.sex, case.setting, findings, exposures


def test_whatever_is_stored_as_json_is_had_as_rdf_and_may_be_stored_from_that(served: Served, engine: Engine) -> None:
    drawn = 0

    @given(drawn_cases(engine), st.sampled_from(sorted(FORMS)))
    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    def hold(document: dict[str, Any], media_type: str) -> None:
        nonlocal drawn
        case_id, other = uuid.uuid4(), uuid.uuid4()
        assert _put(served, json.dumps(document), "application/json", case_id).status_code == 201
        got = _get(served, case_id, media_type)
        assert (got.status_code, got.mimetype) == (200, media_type)
        again = _put(served, got.data, media_type, other)
        assert again.status_code == 201, again.text
        kept = _get(served, other, "application/json").get_json()
        assert _in_words(kept, engine) == _in_words(document, engine)
        assert ("setting" in kept) == ("setting" in document)
        drawn += 1

    hold()
    assert drawn >= 30


def test_the_rdf_of_a_case_is_its_graph(served: Served) -> None:
    case_id = uuid.uuid4()
    document = {
        "age": 40,
        "sex": "male",
        "setting": "primary-care",
        "exposures": [{"exercise": "Deadlift", "faults": ["RoundedBack"], "unaccustomed": True}],
        "findings": [{"finding": "LowBackPain", "severity": 4.5, "character": ["Dull"]}, {"finding": "Fever"}],
    }
    _put(served, json.dumps(document), "application/json", case_id)
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph_of(case_id)}> {{ ?s ?p ?o }} }}"
    by_sparql = served.send("GET", "/sparql", query_string={"query": query}, headers={"Accept": "text/turtle"})
    for media_type, syntax in FORMS.items():
        got = _get(served, case_id, media_type)
        assert set(parse(got.data, syntax)) == set(parse(by_sparql.data))
    assert "lkg:setting" in got.text or "lumbarkg/setting" in got.text


def test_what_is_kept_of_a_turtle_document_is_its_case_in_json(served: Served) -> None:
    case_id = uuid.uuid4()
    turtle = (
        PREFIX + "[] a lkg:PatientCase ; lkg:ageYears 34 ; "
        "lkg:hasFinding [ a lkg:LowBackPain ; lkg:severityScore 4.5 ] ; lkg:deniesFinding [ a lkg:Fever ] ; "
        "lkg:hasExposure [ a lkg:UnaccustomedExposure ; lkg:ofExercise lkg:Deadlift ; lkg:hoursBeforeOnset 2 ] ."
    )
    answer = _put(served, turtle, "text/turtle", case_id)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert _get(served, case_id, "application/json").get_json() == {
        "age": 34,
        "exposures": [{"exercise": "Deadlift", "hoursBeforeOnset": 2, "unaccustomed": True}],
        "findings": [{"finding": "LowBackPain", "severity": 4.5}, {"finding": "Fever", "status": "absent"}],
    }


def test_each_form_has_a_tag_of_its_own_and_each_names_the_revision(served: Served) -> None:
    case_id = uuid.uuid4()
    tags = {}
    for number, media_type in enumerate(("application/json", *FORMS), 1):
        assert _put(served, '{"findings": []}', "application/json", case_id).status_code == (
            201 if number == 1 else 200
        )
        got = _get(served, case_id, media_type)
        tags[media_type] = got.headers["ETag"]
        assert set(got.vary) == {"Accept", "Authorization"}
        fresh = {"Accept": media_type, "If-None-Match": got.headers["ETag"]}
        assert served.send("GET", f"{BASE}/{case_id}", headers=fresh).status_code == 304
        other = {"Accept": "application/json" if number > 1 else "text/turtle", "If-None-Match": got.headers["ETag"]}
        assert served.send("GET", f"{BASE}/{case_id}", headers=other).status_code == 200
    assert tags == {"application/json": '"1"', "text/turtle": '"2-turtle"', "application/ld+json": '"3-jsonld"'}
    sent = {"If-Match": '"3-jsonld"'}
    for status in (200, 412):
        put = served.send("PUT", f"{BASE}/{case_id}", headers=sent, json={"findings": []})
        assert put.status_code == status


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        ('lkg:hasFinding [ a lkg:LowBackPain ; <urn:note> "since Tuesday" ]', 422),
        ('<http://xmlns.com/foaf/0.1/name> "Jane Doe"', 422),
        ('lkg:setting "Dr Smith"', 422),
        ("lkg:hasFinding lkg:Nonsense", 422),
        ("lkg:hasFinding [ a lkg:LowBackPain ; lkg:severityScore 40 ]", 422),
        ("lkg:ageYears 40.00000000000000000001", 422),
        ("lkg:hasFinding [ a lkg:LowBackPain", 400),
    ],
)
def test_rdf_is_held_to_the_closed_shapes_too(served: Served, extra: str, status: int) -> None:
    case_id = uuid.uuid4()
    answer = _put(served, f"{PREFIX}[] a lkg:PatientCase ; {extra} .", "text/turtle", case_id)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    assert answer.get_json(force=True)["issues"]
    assert _get(served, case_id, "application/json").status_code == 404


def test_a_case_is_named_by_the_server_whatever_its_node_is_called(served: Served) -> None:
    case_id = uuid.uuid4()
    turtle = f"{PREFIX}<https://example.org/jane> a lkg:PatientCase ; lkg:ageYears 30 ."
    assert _put(served, turtle, "text/turtle", case_id).status_code == 201
    for media_type in ("application/json", *FORMS):
        assert b"jane" not in _get(served, case_id, media_type).data
