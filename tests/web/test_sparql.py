"""``/sparql`` over the released graphs: results, refusals, and a process that cannot reach the network."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator

import pytest
import rdflib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PREFIXES = "PREFIX lkg: <https://w3id.org/lumbarkg/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "


@pytest.fixture
def listener() -> Iterator[tuple[int, list[object]]]:
    """A listener on loopback that remembers who connected."""
    server = socket.create_server(("127.0.0.1", 0))
    seen: list[object] = []

    def accept() -> None:
        while True:
            try:
                connection, address = server.accept()
            except OSError:
                return
            seen.append(address)
            connection.close()

    threading.Thread(target=accept, daemon=True).start()
    yield server.getsockname()[1], seen
    server.close()


def _query(client: FlaskClient, query: str, accept: str = "*/*") -> TestResponse:
    return client.get("/sparql", query_string={"query": PREFIXES + query}, headers={"Accept": accept})


def _column(response: TestResponse, name: str) -> set[str]:
    assert response.status_code == 200, response.data
    bindings = json.loads(response.data)["results"]["bindings"]
    return {b[name]["value"].removeprefix("https://w3id.org/lumbarkg/") for b in bindings}


def test_select_is_json(client: FlaskClient) -> None:
    response = _query(client, "SELECT ?x { ?x rdfs:subClassOf lkg:Condition }")
    assert response.mimetype == "application/sparql-results+json"
    assert "DiscHerniation" in _column(response, "x")


def test_ask(client: FlaskClient) -> None:
    response = _query(client, "ASK { lkg:Iliocostalis lkg:partOf lkg:LowBack }")
    assert json.loads(response.data)["boolean"] is True


def test_construct_is_turtle(client: FlaskClient) -> None:
    response = _query(
        client, "CONSTRUCT { ?x rdfs:label ?l } WHERE { ?x rdfs:subClassOf lkg:Exercise ; rdfs:label ?l }"
    )
    assert response.mimetype == "text/turtle"
    assert len(rdflib.Graph().parse(data=response.data, format="turtle")) > 10


def test_relations_are_plain_edges(client: FlaskClient) -> None:
    """What flexion aggravates, a sit-up aggravates: inferred through a chain, queried as an edge."""
    aggravated = _column(_query(client, "SELECT ?c { lkg:SitUp lkg:aggravates ?c }"), "c")
    assert "DiscHerniation" in aggravated


def test_evidence_rows_carry_their_status(client: FlaskClient) -> None:
    response = _query(
        client,
        "SELECT ?s { GRAPH lkg:graph\\/evidence { ?row lkg:evidenceCondition lkg:DiscHerniation ; lkg:status ?s } }",
    )
    assert {"judgement", "unverified"} <= _column(response, "s")


@pytest.mark.parametrize("media_type", ["application/sparql-results+xml", "text/csv", "text/tab-separated-values"])
def test_other_result_formats_by_accept(media_type: str, client: FlaskClient) -> None:
    response = _query(client, "SELECT ?x { ?x rdfs:subClassOf lkg:Flare }", accept=f"text/html;q=0.1, {media_type}")
    assert response.mimetype == media_type
    assert b"FlareOfChronicLowBackPain" in response.data


def test_post_as_form_and_as_body(client: FlaskClient) -> None:
    query = PREFIXES + "ASK { lkg:Fever ?p ?o }"
    form = client.post("/sparql", data={"query": query})
    body = client.post("/sparql", data=query, content_type="application/sparql-query")
    assert form.get_json(force=True) == body.get_json(force=True)
    assert form.get_json(force=True)["boolean"] is True


def test_a_broken_query_is_a_problem(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "SELECT WHERE {"})
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")


def test_a_missing_query_is_a_problem(client: FlaskClient) -> None:
    assert client.post("/sparql", data={"no": "query"}).status_code == 400


@pytest.mark.parametrize("update", ["DELETE WHERE { ?s ?p ?o }", "LOAD <http://127.0.0.1/x>", "CLEAR ALL"])
def test_updates_are_refused(update: str, client: FlaskClient) -> None:
    assert _query(client, update).status_code == 400


def test_service_reaches_nobody(client: FlaskClient, listener: tuple[int, list[object]]) -> None:
    port, seen = listener
    for address in (f"http://127.0.0.1:{port}/sparql", f"http://localhost:{port}/"):
        response = _query(client, f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}")
        assert response.status_code == 400
        silent = _query(client, f"SELECT * {{ SERVICE SILENT <{address}> {{ ?s ?p ?o }} }}")
        assert silent.status_code in (200, 400)
    assert seen == []


def test_a_listener_would_have_been_seen(listener: tuple[int, list[object]]) -> None:
    port, seen = listener
    socket.create_connection(("127.0.0.1", port)).close()
    for _ in range(100):
        if seen:
            break
        threading.Event().wait(0.02)
    assert seen
