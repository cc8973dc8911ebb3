"""``/api/v1/queries``: every named query over HTTP, its pages, its formats, its problems, and its descriptions."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import urlencode

import pytest
import rdflib
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from lumbarkg.identifiers import Iri
from lumbarkg.resources import queries_dir
from lumbarkg.sparql.graphs import KNOWLEDGE, QUERIES
from lumbarkg.sparql.library import NamedQuery, QueryForm, read_library
from lumbarkg.sparql.library_graph import query_iri
from lumbarkg.sparql.visibility import USER_NAMESPACE
from lumbarkg.store.port import GraphSelection
from lumbarkg.vocabulary import LKG

ROOT = "/api/v1/queries"
LIBRARY = read_library(queries_dir() / "api")
TABLES = [query for query in LIBRARY.values() if query.form is QueryForm.SELECT]


def _example(query: NamedQuery, **more: object) -> str:
    return f"{ROOT}/{query.name}?{urlencode([*query.example, *more.items()])}"


def _links(response: TestResponse) -> dict[str, str]:
    return {rel: href for href, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', response.headers["Link"])}


def _bindings(response: TestResponse) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/sparql-results+json"
    found: list[dict[str, Any]] = json.loads(response.data)["results"]["bindings"]
    return found


def _codes(response: TestResponse) -> dict[str, str]:
    assert response.mimetype == "application/problem+json"
    issues = json.loads(response.data)["issues"]
    assert all(issue["remedy"] for issue in issues)
    return {issue["path"]: issue["code"] for issue in issues}


def test_there_are_queries_of_every_form() -> None:
    assert len(LIBRARY) >= 70
    assert {query.form for query in LIBRARY.values()} >= {QueryForm.SELECT, QueryForm.ASK, QueryForm.CONSTRUCT}


@pytest.mark.parametrize("query", LIBRARY.values(), ids=lambda q: q.name)
def test_the_example_is_answered(query: NamedQuery, client: FlaskClient) -> None:
    response = client.get(_example(query))
    if query.form is QueryForm.SELECT:
        assert _bindings(response)
    elif query.form is QueryForm.ASK:
        assert json.loads(response.data)["boolean"] is True
    else:
        assert response.mimetype == "text/turtle"
        assert len(rdflib.Graph().parse(data=response.data, format="turtle")) > 5
    assert _links(response)["describedby"] == f"{ROOT}/{query.name}.rq"


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_following_next_reads_every_row_once(limit: int, client: FlaskClient) -> None:
    query = LIBRARY["exercises-that-aggravate-a-condition"]
    whole = _bindings(client.get(_example(query, limit=1000)))
    assert len(whole) > 50
    found: list[dict[str, Any]] = []
    address: str | None = _example(query, limit=limit)
    while address:
        response = client.get(address)
        page = _bindings(response)
        assert 0 < len(page) <= limit
        found += page
        links = _links(response)
        assert ("prev" in links) == (len(found) > len(page))
        address = links.get("next")
        if limit == 1 and len(found) > 20:
            return
    assert found == whole


def test_first_and_prev_lead_back(client: FlaskClient) -> None:
    query = LIBRARY["priors-of-a-setting"]
    response = client.get(_example(query, limit=5, offset=7))
    links = _links(response)
    assert _bindings(client.get(links["first"])) == _bindings(client.get(_example(query, limit=5)))
    assert _bindings(client.get(links["prev"])) == _bindings(client.get(_example(query, limit=5, offset=2)))
    assert "prev" not in _links(client.get(links["first"]))


def test_a_page_after_the_last_row_is_empty(client: FlaskClient) -> None:
    response = client.get(_example(LIBRARY["claims"], offset=1000))
    assert _bindings(response) == []
    assert "next" not in _links(response)


def test_all_formats_hold_the_same(client: FlaskClient) -> None:
    query = LIBRARY["priors-of-a-setting"]
    rows = _bindings(client.get(_example(query, limit=9)))
    labels = [row["label"]["value"] for row in rows]
    texts = {
        media_type: client.get(_example(query, limit=9), headers={"Accept": media_type}).text
        for media_type in ("text/csv", "text/tab-separated-values", "application/sparql-results+xml")
    }
    assert [row["label"] for row in csv.DictReader(io.StringIO(texts["text/csv"]))] == labels
    assert len(texts["text/tab-separated-values"].strip().splitlines()) == 10
    results = "{http://www.w3.org/2005/sparql-results#}"
    document = ET.fromstring(texts["application/sparql-results+xml"])  # noqa: S314 - our own answer
    assert len(document.findall(f".//{results}result")) == 9
    assert client.get(_example(query, limit=9, format="csv")).text == texts["text/csv"]


@pytest.mark.parametrize(
    ("name", "accept", "media_type"),
    [
        ("claims", "*/*", "application/sparql-results+json"),
        ("claims", "text/html, */*;q=0.1", "application/sparql-results+json"),
        ("claims", "application/json", "application/sparql-results+json"),
        ("claims", "text/csv;q=0.5, text/tab-separated-values", "text/tab-separated-values"),
        ("does-an-exercise-aggravate-a-condition", "text/csv", "text/csv"),
        ("neighbourhood-of-a-term", "application/ld+json", "application/ld+json"),
        ("neighbourhood-of-a-term", "application/n-triples", "application/n-triples"),
        ("neighbourhood-of-a-term", "application/rdf+xml", "application/rdf+xml"),
    ],
)
def test_the_format_follows_the_header(name: str, accept: str, media_type: str, client: FlaskClient) -> None:
    response = client.get(_example(LIBRARY[name]), headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, media_type)
    assert "Accept" in response.headers["Vary"]


def test_what_is_not_acceptable_is_said(client: FlaskClient) -> None:
    response = client.get(_example(LIBRARY["claims"]), headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert "text/csv" in json.loads(response.data)["issues"][0]["remedy"]


def test_all_problems_are_told_at_once(client: FlaskClient) -> None:
    response = client.get(
        f"{ROOT}/advice-for-a-condition?condition=DiscHernia&aspect=avoyd&limit=0&offset=-1&format=pdf&extra=1"
    )
    assert response.status_code == 400
    assert _codes(response) == {
        "/condition": "unknown-term",
        "/aspect": "no-choice",
        "/limit": "out-of-range",
        "/offset": "wrong-type",
        "/format": "no-format",
        "/extra": "unknown-parameter",
    }
    assert _links(response)["describedby"].endswith(".rq")


@pytest.mark.parametrize(
    "pages", ["limit=1001", "limit=1&limit=2", "limit=1e3", "limit=", "offset=9999999999", "limit=٣"]
)
def test_a_bad_page_is_a_problem(pages: str, client: FlaskClient) -> None:
    assert client.get(f"{ROOT}/claims?{pages}").status_code == 400


def test_an_answer_without_rows_has_no_pages(client: FlaskClient) -> None:
    for name in ("does-an-exercise-aggravate-a-condition", "neighbourhood-of-a-term"):
        assert _codes(client.get(_example(LIBRARY[name], limit=5))) == {"/limit": "no-pages"}


def test_a_missing_parameter_is_a_problem(client: FlaskClient) -> None:
    assert _codes(client.get(f"{ROOT}/loads-of-an-exercise")) == {"/exercise": "missing"}


def test_an_unknown_query_is_not_found(client: FlaskClient) -> None:
    for address in (f"{ROOT}/claim", f"{ROOT}/claim.rq"):
        response = client.get(address)
        assert response.status_code == 404
        assert "claims" in json.loads(response.data)["issues"][0]["remedy"]


def test_a_name_with_a_suffix_of_a_format_is_not_taken_for_another(client: FlaskClient) -> None:
    assert client.post(f"{ROOT}/claims").status_code == 405
    assert client.get(f"{ROOT}/../queries/claims%00").status_code == 404


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.text(min_size=1, max_size=30), name=st.sampled_from(["exercise", "fault", "x"]))
def test_whatever_is_sent_is_answered_or_explained(value: str, name: str, client: FlaskClient) -> None:
    response = client.get(f"{ROOT}/loads-of-an-exercise-with-a-fault", query_string={"exercise": "Squat", name: value})
    assert response.status_code == 400
    assert f"/{name}" in _codes(response) or "/fault" in _codes(response)


def test_the_text_is_the_file_and_answers_the_example(client: FlaskClient) -> None:
    for query in list(LIBRARY.values())[:10]:
        response = client.get(f"{ROOT}/{query.name}.rq")
        assert response.mimetype == "application/sparql-query"
        assert response.text == query.text
        asked = client.post("/sparql", data=response.text.encode(), content_type="application/sparql-query")
        assert asked.status_code == 200
        assert _bindings(asked)[:100] == _bindings(client.get(_example(query)))


def test_the_iri_of_a_query_leads_to_its_text(client: FlaskClient) -> None:
    response = client.get(query_iri("claims").removeprefix("https://w3id.org"))
    assert (response.status_code, response.headers["Location"]) == (303, f"{ROOT}/claims.rq")
    assert client.get("/lumbarkg/query/nothing").status_code == 404


def test_an_unchanged_answer_is_not_sent_again(client: FlaskClient) -> None:
    for address in (_example(LIBRARY["claims"]), f"{ROOT}/claims.rq"):
        tag = client.get(address).headers["ETag"]
        response = client.get(address, headers={"If-None-Match": tag})
        assert (response.status_code, response.data) == (304, b"")
    other = client.get(_example(LIBRARY["claims"], limit=3)).headers["ETag"]
    assert other != client.get(_example(LIBRARY["claims"])).headers["ETag"]
    assert client.get(_example(LIBRARY["claims"], limit=4), headers={"If-None-Match": other}).status_code == 200


def test_the_list_describes_every_query(client: FlaskClient) -> None:
    listed = client.get(ROOT).get_json()["queries"]
    assert [entry["name"] for entry in listed] == list(LIBRARY)
    for entry in listed:
        assert entry["summary"].endswith("?")
        assert {"description", "tags", "form", "parameters", "columns", "formats", "href", "text"} <= set(entry)
    for entry in listed[:10]:
        assert client.get(entry["example"]).status_code == 200
    triage = client.get(f"{ROOT}?tag=triage").get_json()["queries"]
    assert triage
    assert all("triage" in entry["tags"] for entry in triage)


def test_the_openapi_document_describes_every_query(client: FlaskClient) -> None:
    document = client.get(f"{ROOT}/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {f"{ROOT}/{name}" for name in LIBRARY}
    operations = [path["get"] for path in document["paths"].values()]
    assert len({operation["operationId"] for operation in operations}) == len(LIBRARY)
    assert {tag for operation in operations for tag in operation["tags"]} == {tag["name"] for tag in document["tags"]}
    for reference in set(re.findall(r'"\$ref": ?"#/([^"]+)"', json.dumps(document))):
        target: Any = document
        for step in reference.split("/"):
            target = target[step]
    for name, query in LIBRARY.items():
        described = {p["name"]: p for p in document["paths"][f"{ROOT}/{name}"]["get"]["parameters"]}
        assert set(described) == {p.name for p in query.parameters} | {"format"} | (
            {"limit", "offset"} if query.columns else set()
        )
        for parameter in query.parameters:
            assert described[parameter.name]["required"] is parameter.is_required
    aspect = document["paths"][f"{ROOT}/advice-for-a-condition"]["get"]["parameters"][1]
    assert "come_back" in aspect["schema"]["enum"]


def test_the_examples_of_the_openapi_document_are_answered(client: FlaskClient) -> None:
    """A client generated from it sends exactly these."""
    document = client.get(f"{ROOT}/openapi.json").get_json()
    for address in list(document["paths"])[::7]:
        parameters = [
            (p["name"], value)
            for p in document["paths"][address]["get"]["parameters"]
            if "example" in p
            for value in (p["example"] if isinstance(p["example"], list) else [p["example"]])
        ]
        assert client.get(address, query_string=parameters).status_code == 200


def test_the_store_lists_the_queries_for_editors(client: FlaskClient) -> None:
    text = f"""PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    SELECT DISTINCT ?q WHERE {{ GRAPH <{QUERIES}> {{ ?q a sh:SPARQLExecutable ; rdfs:comment ?comment }} }}"""
    rows = _bindings(client.post("/sparql", data=text.encode(), content_type="application/sparql-query"))
    assert len(rows) == len(LIBRARY)


def test_nobodys_graph_enters_an_answer(client: FlaskClient) -> None:
    """Named queries are asked over the knowledge graphs, whatever else the store holds."""
    store = client.application.extensions["store"]
    graph = Iri(f"{USER_NAMESPACE}somebody/notes")
    claim = f"<{LKG}ClaimOfSomebody>"
    store.replace_graph(
        graph,
        f'{claim} a <{LKG}Claim> ; <http://www.w3.org/2000/01/rdf-schema#label> "x" ; <{LKG}stance> "contested" ; '
        f'<{LKG}claimKind> "risk" ; <{LKG}text> "x" .'.encode(),
        "text/turtle",
    )
    try:
        rows = _bindings(client.get(_example(LIBRARY["claims"])))
        assert rows
        assert "ClaimOfSomebody" not in json.dumps(rows)
        selection = GraphSelection((*KNOWLEDGE, graph), ())
        answer = store.query(LIBRARY["claims"].text, selection, ("text/csv",))
        assert b"ClaimOfSomebody" in b"".join(answer.content), "it would have been found"
    finally:
        store.drop_graph(graph)
