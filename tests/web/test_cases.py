"""Stored cases over HTTP: what is put is what is got, under preconditions, page by page; and their graphs by SPARQL."""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from lumbarkg.assessment import Engine
from lumbarkg.cases.cohort import count_cases
from lumbarkg.cases.graphs import entailed_graph_of, graph_of
from lumbarkg.intake.case_json import _CASE_FIELDS, _EXPOSURE_FIELDS, _FINDING_FIELDS
from tests.laws.cases import cases as drawn_cases
from tests.web.served import Served, serving

BASE = "/api/v1/cases"
DOCUMENT = {
    "findings": [{"finding": "LowBackPain", "severity": 4}, {"finding": "Fever", "status": "absent"}],
    "age": 40,
}
URGENT = {"findings": [{"finding": "SaddleAnaesthesia"}], "age": 40}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("record")) as found:
        yield found


def _put(served: Served, document: Any = DOCUMENT, case_id: str = "", **headers: str) -> TestResponse:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return served.send("PUT", f"{BASE}/{case_id or uuid.uuid4()}", headers=sent, json=document)


def _select(served: Served, query: str, token: str | None = None) -> list[dict[str, str]]:
    prefix = "PREFIX lkg: <https://w3id.org/lumbarkg/> "
    answer = served.send("GET", "/sparql", token, query_string={"query": prefix + query})
    assert answer.status_code == 200, answer.data
    return [{k: v["value"] for k, v in b.items()} for b in json.loads(answer.data)["results"]["bindings"]]


def test_a_case_goes_through_its_life(served: Served) -> None:
    case_id = str(uuid.uuid4())
    first = _put(served, case_id=case_id)
    assert (first.status_code, first.headers["ETag"]) == (201, '"1"')
    assert first.headers["Location"] == f"{BASE}/{case_id}"
    got = served.send("GET", f"{BASE}/{case_id}")
    assert (got.status_code, got.get_json(), got.headers["ETag"]) == (200, DOCUMENT, '"1"')
    assert served.send("GET", f"{BASE}/{case_id}", headers={"If-None-Match": '"1"'}).status_code == 304
    second = _put(served, URGENT, case_id, If_Match='"1"')
    assert (second.status_code, second.headers["ETag"]) == (200, '"2"')
    lost = _put(served, DOCUMENT, case_id, If_Match='"1"')
    assert (lost.status_code, lost.mimetype, lost.headers["ETag"]) == (412, "application/problem+json", '"2"')
    listed = served.send("GET", f"{BASE}/{case_id}/revisions").get_json()["revisions"]
    assert [r["revision"] for r in listed] == [1, 2]
    assert served.send("GET", listed[0]["href"]).get_json() == DOCUMENT
    now, then = (served.send("GET", f"{BASE}/{case_id}/assessment{query}").get_json() for query in ("", "?revision=1"))
    assert now["triage"]["level"] == "Emergency"
    assert then["triage"]["level"] != "Emergency"
    assert served.send("DELETE", f"{BASE}/{case_id}", headers={"If-Match": '"1"'}).status_code == 412
    assert served.send("DELETE", f"{BASE}/{case_id}").status_code == 204
    for path in ("", "/revisions", "/revisions/1", "/assessment", "/why?condition=MuscleStrain"):
        assert served.send("GET", f"{BASE}/{case_id}{path}").status_code == 404
    assert served.send("DELETE", f"{BASE}/{case_id}").status_code == 404
    again = _put(served, case_id=case_id, If_None_Match="*")
    assert (again.status_code, again.headers["ETag"]) == (201, '"3"')


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-Match": '"1"'}, 200),
        ({"If-Match": '"7", "1"'}, 200),
        ({"If-Match": "*"}, 200),
        ({}, 200),
        ({"If-Match": 'W/"1"'}, 412),
        ({"If-Match": '"01x"'}, 412),
        ({"If-Match": '"2"'}, 412),
        ({"If-Match": '""'}, 412),
        ({"If-Match": ""}, 412),
        ({"If-None-Match": "*"}, 412),
        ({"If-None-Match": '"1"'}, 400),
        ({"If-Match": '"1"', "If-None-Match": "*"}, 400),
    ],
)
def test_preconditions(headers: dict[str, str], status: int, served: Served) -> None:
    case_id = str(uuid.uuid4())
    _put(served, case_id=case_id)
    assert served.send("PUT", f"{BASE}/{case_id}", headers=headers, json=DOCUMENT).status_code == status


def test_posting_makes_the_id(served: Served) -> None:
    answer = served.send("POST", BASE, json=DOCUMENT)
    assert answer.status_code == 201
    assert uuid.UUID(answer.get_json()["id"]).version == 4
    assert served.send("GET", answer.headers["Location"]).get_json() == DOCUMENT


@pytest.mark.parametrize(
    "extra",
    [
        {"name": "Jane Doe"},
        {"address": "1 High Street"},
        {"notes": "pain since Tuesday"},
        {"patientId": "943 476 5919"},
        {"birthDate": "1980-01-01"},
        {"findings": [{"finding": "Fever", "comment": "since the match"}]},
        {"findings": [{"finding": "Jane Doe"}]},
        {"exposures": [{"exercise": "Deadlift", "gym": "Main Street"}]},
        {"setting": "Dr Smith's practice"},
        {"@id": "https://example.org/jane"},
        {"sex": "Jane"},
        {"asOf": 1, "reportedAt": "Jane Doe"},
        {"reportedAt": "Jane Doe"},
    ],
)
def test_names_texts_and_identifiers_are_refused_and_not_dropped(extra: dict[str, Any], served: Served) -> None:
    case_id = str(uuid.uuid4())
    answer = _put(served, {**DOCUMENT, **extra}, case_id)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.get_json()["issues"]
    assert served.send("GET", f"{BASE}/{case_id}").status_code == 404


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place within a document: what holds it, and its name or number there."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(item, dict | list):
            yield from _places(item)


def test_no_place_takes_a_text(served: Served) -> None:
    """A document that uses every field: whatever of it is replaced by a text, in a list or an object, it is refused."""
    finding = {
        "finding": "LowBackPain",
        "status": "present",
        **dict.fromkeys(("severity", "hoursAfterExercise", "durationHours"), 1),
        "value": None,
        "location": ["LowBack"],
        "radiatesTo": ["Foot"],
        "character": ["Dull"],
        "laterality": "Left",
        "course": "Improving",
        "aggravatedBy": ["SpinalFlexion"],
        "relievedBy": [],
    }
    exposure = {
        "exercise": "Deadlift",
        "faults": ["RoundedBack"],
        "hoursBeforeOnset": 1,
        "unaccustomed": True,
        "heavyLoad": False,
    }
    whole = {"setting": "general-exerciser", "age": 40, "sex": "female", "asOf": 1, "findings": [finding]}
    whole |= {"reportedAt": "2026-11-25T08:00:00Z", "exposures": [exposure]}
    assert _put(served, whole).status_code == 201
    assert set(whole) == set(_CASE_FIELDS)
    assert set(finding) == set(_FINDING_FIELDS)
    assert set(exposure) == set(_EXPOSURE_FIELDS)
    count = len(list(_places(whole)))
    assert count > 25
    for text in ("Jane Doe", ["Jane Doe"], {"name": "Jane Doe"}):
        for number in range(count):
            spoilt = copy.deepcopy(whole)
            holder, key = list(_places(spoilt))[number]
            holder[key] = text
            assert _put(served, spoilt).status_code == 422, spoilt


def test_a_stored_case_is_assessed_at_another_moment(served: Served) -> None:
    case_id = str(uuid.uuid4())
    document = {"findings": [{"finding": "LowBackPain", "durationHours": 10}], "age": 40}
    _put(served, document, case_id)
    later = served.send("GET", f"{BASE}/{case_id}/assessment?asOf=900&sensitivity=true").get_json()
    later.pop("stored")
    body = {**document, "asOf": 900}
    assert later == served.send("POST", "/api/v1/assessments?sensitivity=true", json=body).get_json()
    assert served.send("GET", f"{BASE}/{case_id}/assessment?asOf=soon").status_code == 422


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{BASE}/jane-doe", 400),
        (f"{BASE}/..%2F..%2Fetc%2Fpasswd", 404),
        (f"{BASE}/{uuid.UUID(int=5).hex}", 400),
        (f"{BASE}/{{{uuid.UUID(int=5)}}}", 400),
        (f"{BASE}/{uuid.UUID(int=5)}'--", 400),
        (f"{BASE}/{uuid.UUID(int=5)}", 404),
        (f"{BASE}/{uuid.UUID(int=5)}/revisions/99999999999999999999999999", 404),
        (f"{BASE}?limit=0", 400),
        (f"{BASE}?limit=1%20OR%201", 400),
        (f"{BASE}?cursor=%00", 400),
        (f"{BASE}?modifiedSince=yesterday", 400),
        (f"{BASE}?tenant=ward", 400),
        (f"{BASE}/{uuid.UUID(int=5)}?revision=1", 400),
        (f"{BASE}/{uuid.UUID(int=5)}/revisions?limit=1", 400),
        (f"{BASE}/{uuid.UUID(int=5)}/assessment?sensitivty=true", 400),
        ("/api/v1/cohort?level=Urgent", 400),
    ],
)
def test_what_makes_no_sense_is_a_problem(path: str, status: int, served: Served) -> None:
    answer = served.send("GET", path)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"{}", "text/turtle", 400),
        (b"", "text/turtle", 422),
        (b'{"@context": "http://127.0.0.1:9/"}', "application/ld+json", 400),
        (b"<a/>", "application/rdf+xml", 415),
        (b"{}", "application/x-www-form-urlencoded", 415),
        (b" " * (1024 * 1024 + 1), "application/json", 413),
    ],
)
def test_other_bodies_are_refused(body: bytes, media_type: str, status: int, served: Served) -> None:
    answer = served.send("PUT", f"{BASE}/{uuid.uuid4()}", data=body, content_type=media_type)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_pages_hold_every_case_once(served: Served) -> None:
    token = served.token("pages")
    ids = sorted(str(uuid.uuid4()) for _ in range(7))
    for case_id in ids:
        served.send("PUT", f"{BASE}/{case_id}", token, json=DOCUMENT)
    seen, path = [], f"{BASE}?limit=3&modifiedSince=2020-01-01T00:00:00Z"
    while path:
        answer = served.send("GET", path, token)
        seen += [case["id"] for case in answer.get_json()["cases"]]
        path = answer.get_json()["next"]
        assert (path is None) or answer.headers["Link"] == f'<{path}>; rel="next"'
        assert path is None or path.startswith(f"{BASE}?limit=3&modifiedSince=")
    assert seen == ids
    assert served.send("GET", f"{BASE}?modifiedBefore=2020-01-01T00:00:00Z", token).get_json()["cases"] == []


def test_answers_about_a_stored_case_are_those_about_its_document(served: Served) -> None:
    case_id = str(uuid.uuid4())
    _put(served, URGENT, case_id)
    stored = served.send("GET", f"{BASE}/{case_id}/assessment").get_json()
    assert stored.pop("stored") == {"id": case_id, "revision": 1}
    assert stored == served.send("POST", "/api/v1/assessments", json=URGENT).get_json()
    condition = "CaudaEquinaSyndrome"
    for kind in ("why", "why-not"):
        asked = served.send("GET", f"{BASE}/{case_id}/{kind}?condition={condition}&limit=5")
        body = {"case": URGENT, "condition": condition, "limit": 5}
        assert asked.get_json() == served.send("POST", f"/api/v1/assessments/{kind}", json=body).get_json()
    questions = served.send("GET", f"{BASE}/{case_id}/questions").get_json()
    assert questions == served.send("POST", "/api/v1/assessments/questions", json=URGENT).get_json()
    for path in ("why", "why?condition=Nothing", "why?condition=MuscleStrain&limit=x", "assessment?revision=x"):
        assert served.send("GET", f"{BASE}/{case_id}/{path}").status_code == 400
    text = served.send("GET", f"{BASE}/{case_id}/assessment", headers={"Accept": "text/plain"})
    assert text.mimetype == "text/plain"


def test_a_query_after_a_put_sees_it(served: Served) -> None:
    case_id = uuid.uuid4()
    graph, entailed = graph_of(case_id), entailed_graph_of(case_id)
    stated = f"SELECT ?f {{ GRAPH <{graph}> {{ ?c a lkg:PatientCase ; lkg:hasFinding/a ?f }} }}"
    level = f"SELECT ?l {{ GRAPH <{entailed}> {{ ?c a ?t }} ?t lkg:triageLevel ?l }}"
    assert _select(served, stated) == []
    for document, findings, levels in (
        (DOCUMENT, {"LowBackPain", "Finding"}, set()),
        (URGENT, {"SaddleAnaesthesia", "Finding"}, {"Emergency"}),
    ):
        _put(served, document, str(case_id))
        found = {row["f"].rpartition("/")[2] for row in _select(served, stated)}
        assert found == findings
        assert {row["l"] for row in _select(served, level)} == levels
    direct = served.send("GET", f"/lumbarkg/graph/cases/{case_id}", headers={"Accept": "application/n-triples"})
    assert direct.status_code == 200
    assert str(case_id).encode() in direct.data
    served.send("DELETE", f"{BASE}/{case_id}")
    assert _select(served, stated) == []
    assert served.send("GET", f"/lumbarkg/graph/cases/{case_id}").status_code == 404


def test_nothing_of_a_case_enters_the_graphs_of_knowledge(served: Served) -> None:
    case_id = uuid.uuid4()
    _put(served, URGENT, str(case_id))
    assert _select(served, f"SELECT ?g {{ GRAPH ?g {{ <https://w3id.org/lumbarkg/cases/{case_id}> ?p ?o }} }}") != []
    knowledge = f"SELECT ?p {{ <https://w3id.org/lumbarkg/cases/{case_id}> ?p ?o }}"
    assert _select(served, knowledge) == []
    inferred = "https://w3id.org/lumbarkg/graph/inferred"
    assert (
        _select(served, f"SELECT ?s {{ GRAPH <{inferred}> {{ ?s ?p ?o FILTER(CONTAINS(STR(?s), '/cases/')) }} }}") == []
    )


def test_nobody_writes_the_graph_of_a_case(served: Served) -> None:
    token = served.token("lab")
    case_id = uuid.uuid4()
    served.send("PUT", f"{BASE}/{case_id}", token, json=DOCUMENT)
    name = graph_of(case_id)
    for text in (f"INSERT DATA {{ GRAPH <{name}> {{ <urn:a> <urn:b> 1 }} }}", f"DROP GRAPH <{name}>"):
        update = served.send("POST", "/sparql", token, data=text, content_type="application/sparql-update")
        assert update.status_code == 403
    for method in ("PUT", "POST", "DELETE"):
        answer = served.send(method, f"/sparql/graphs?graph={name}", token, data="", content_type="text/turtle")
        assert answer.status_code == 403


def test_the_graphs_are_made_anew_when_the_store_was_lost_or_on_demand(served: Served) -> None:
    case_id = uuid.uuid4()
    _put(served, URGENT, str(case_id))
    query = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph_of(case_id)}> {{ ?s ?p ?o }} }}"
    before = _select(served, query)
    assert before != [{"n": "0"}]
    store = served.app.extensions["store"]
    stray = graph_of(uuid.uuid4())
    store._store.load_graphs({graph_of(case_id): None, stray: b"<urn:a> <urn:b> <urn:c> .\n"})
    assert _select(served, query) == [{"n": "0"}]
    served.record.cases.ask_for_rebuild()
    assert _select(served, query) == before
    assert stray not in store.graph_names()
    store.close()
    assert _select(served, query) == before


@pytest.mark.slow
def test_counts_over_cases_agree_with_sparql(served: Served, engine: Engine) -> None:
    """Three ways to the same numbers: in bulk, case by case, and by queries over the graphs."""
    token = served.token("cohort")
    documents: list[dict[str, Any]] = [DOCUMENT, URGENT]

    @given(drawn_cases(engine))
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def draw(document: dict[str, Any]) -> None:
        documents.append(document)

    draw()
    for document in documents:
        assert served.send("PUT", f"{BASE}/{uuid.uuid4()}", token, json=document).status_code == 201
    answer = served.send("GET", "/api/v1/cohort", token).get_json()
    assert answer["cases"] == len(documents)
    levels: dict[str, int] = {}
    unusable = 0
    for document in documents:
        assessed = served.send("POST", "/api/v1/assessments", token, json=document)
        if assessed.status_code == 200:
            level = assessed.get_json()["triage"]["level"]
            levels[level] = levels.get(level, 0) + 1
        else:
            unusable += 1
    assert answer["triage"] == levels
    assert answer["notAssessable"] == unusable
    suggested = _select(
        served,
        "SELECT ?c (COUNT(DISTINCT ?case) AS ?n) { GRAPH ?g { ?case a lkg:PatientCase ; lkg:suggests ?c } } "
        "GROUP BY ?c",
        token,
    )
    assert len(suggested) > 3
    assert {row["c"]: int(row["n"]) for row in suggested} == {
        str(engine.terms.prefixes.expand(row["condition"])): row["cases"] for row in answer["suggested"]
    }
    by_class = _select(
        served,
        "SELECT ?case (MAX(?rank) AS ?r) { GRAPH ?g { ?case a ?t } ?t lkg:triageRank ?rank } GROUP BY ?case",
        token,
    )
    assert len(by_class) == sum(n for level, n in levels.items() if level not in ("SelfCare", "NotEnoughAsked"))
    stated = _select(
        served,
        "SELECT ?f (COUNT(DISTINCT ?case) AS ?n) { GRAPH ?g { ?case a lkg:PatientCase ; lkg:hasFinding/a ?f } "
        "GRAPH ?e { ?case a lkg:PatientCase } FILTER(STR(?e) = CONCAT(STR(?g), '/entailed')) "
        "FILTER(?f != lkg:Finding) } GROUP BY ?f",
        token,
    )
    assert {row["f"]: int(row["n"]) for row in stated} == {
        str(engine.terms.prefixes.expand(row["finding"])): row["cases"]
        for row in answer["findings"]
        if row["finding"] != "lkg:Finding"
    }
    assert count_cases(served.record.cases.current("cohort", 1000), engine).levels == levels


OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["put", "delete", "query"]), st.integers(0, 2), st.integers(0, 2)), max_size=8
)


@given(OPERATIONS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_tenants_see_their_own_cases_by_rest_and_by_sparql_alike(
    served: Served, operations: list[tuple[str, int, int]]
) -> None:
    """Whatever each of three tenants writes, in any order: the other two never see a trace of it."""
    names = [f"t{uuid.uuid4().hex[:12]}" for _ in range(3)]
    tokens = [served.token(name) for name in names]
    ids = [uuid.uuid4() for _ in range(3)]
    owner: dict[uuid.UUID, int] = {}
    alive: set[uuid.UUID] = set()
    for kind, tenant, number in [*operations, *(("query", t, 0) for t in range(3))]:
        case_id = ids[number]
        own = owner.setdefault(case_id, tenant) == tenant if kind == "put" else owner.get(case_id) == tenant
        if kind == "put":
            answer = served.send("PUT", f"{BASE}/{case_id}", tokens[tenant], json=DOCUMENT)
            assert answer.status_code in (200, 201) if own else answer.status_code == 404
            alive.add(case_id)
        elif kind == "delete":
            answer = served.send("DELETE", f"{BASE}/{case_id}", tokens[tenant])
            assert answer.status_code == (204 if own and case_id in alive else 404)
            if own:
                alive.discard(case_id)
        expected = {str(i) for i in alive if owner[i] == tenant}
        listed = served.send("GET", BASE, tokens[tenant]).get_json()["cases"]
        assert {case["id"] for case in listed} == expected
        rows = _select(served, "SELECT DISTINCT ?c { GRAPH ?g { ?c a lkg:PatientCase } }", tokens[tenant])
        assert {row["c"].rpartition("/")[2] for row in rows} == expected
        for other in ids:
            sees = str(other) in expected
            for path in ("", "/revisions", "/assessment"):
                got = served.send("GET", f"{BASE}/{other}{path}", tokens[tenant])
                assert got.status_code == (200 if sees else 404)
            for name in (graph_of(other), entailed_graph_of(other)):
                for text in (f"FROM <{name}> {{ ?s ?p ?o }}", f"FROM NAMED <{name}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"):
                    found = _select(served, f"SELECT ?s {text} LIMIT 1", tokens[tenant])
                    assert bool(found) is sees
                direct = served.send("GET", f"/sparql/graphs?graph={name}", tokens[tenant])
                assert direct.status_code == (200 if sees else 404)
