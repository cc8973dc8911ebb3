"""Nothing that a client sends makes the server call anybody (SSRF): no query, no update, no document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lumbarkg.sparql.visibility import USER_NAMESPACE
from tests.listener import Listener, listening
from tests.web.served import Served, serving

GRAPH = f"{USER_NAMESPACE}lab/g"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
DOCUMENTS = {
    "a JSON-LD context": ("application/ld+json", '{{"@context": "{0}context.jsonld", "@id": "urn:x", "findings": []}}'),
    "a context among others": (
        "application/ld+json",
        '{{"@context": [{{"@vocab": "urn:v:"}}, "{0}context.jsonld"], "@id": "urn:x", "p": 1}}',
    ),
    "a context that imports": (
        "application/ld+json",
        '{{"@context": {{"@version": 1.1, "@import": "{0}context.jsonld"}}, "@id": "urn:x"}}',
    ),
    "owl:imports": (
        "text/turtle",
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . <urn:o> a owl:Ontology ; owl:imports <{0}o.ttl> .",
    ),
    "shapes elsewhere": ("text/turtle", "<urn:o> <http://www.w3.org/ns/shacl#shapesGraph> <{0}shapes.ttl> ."),
    "a base": ("text/turtle", "@base <{0}> . <a> <b> <c> ."),
    "an external entity": (
        "application/rdf+xml",
        f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e SYSTEM "{{0}}e">]><rdf:RDF {RDF}><rdf:li>&e;</rdf:li></rdf:RDF>',
    ),
    "an external document type": (
        "application/rdf+xml",
        f'<?xml version="1.0"?><!DOCTYPE r SYSTEM "{{0}}r.dtd"><rdf:RDF {RDF}/>',
    ),
}
QUERIES = {
    "SERVICE": "SELECT * {{ SERVICE <{0}sparql> {{ ?s ?p ?o }} }}",
    "SERVICE SILENT": "SELECT * {{ SERVICE SILENT <{0}sparql> {{ ?s ?p ?o }} }}",
    "SERVICE, found at last": "SELECT * {{ BIND(<{0}sparql> AS ?g) SERVICE ?g {{ ?s ?p ?o }} }}",
    "FROM": "SELECT * FROM <{0}graph.ttl> {{ ?s ?p ?o }}",
    "FROM NAMED": "SELECT * FROM NAMED <{0}graph.ttl> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "GRAPH": "SELECT * {{ GRAPH <{0}graph.ttl> {{ ?s ?p ?o }} }}",
    "DESCRIBE": "DESCRIBE <{0}thing>",
}
UPDATES = {
    "LOAD": "LOAD <{0}graph.ttl>",
    "LOAD SILENT": "LOAD SILENT <{0}graph.ttl>",
    "LOAD INTO": f"LOAD <{{0}}graph.ttl> INTO GRAPH <{GRAPH}>",
    "SERVICE in an update": f"INSERT {{{{ GRAPH <{GRAPH}> {{{{ ?s ?p ?o }}}} }}}} "
    "WHERE {{ SERVICE <{0}sparql> {{ ?s ?p ?o }} }}",
    "USING": f"INSERT {{{{ GRAPH <{GRAPH}> {{{{ ?s ?p ?o }}}} }}}} USING <{{0}}graph.ttl> WHERE {{{{ ?s ?p ?o }}}}",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("ssrf")) as found:
        yield found


@pytest.fixture(scope="module")
def token(served: Served) -> str:
    return served.token()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with listening() as found:
        yield found
        # Once all is over: whoever called late is seen too, and a listener that sees nobody proves nothing.
        assert found.seen == []
        assert found.notices_a_call()


def at(listener: Listener, text: str) -> str:
    return text.format(f"http://127.0.0.1:{listener.port}/")


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("door", ["/api/v1/assessments", "/api/v1/cases", "graph"])
def test_no_document_makes_it_call(served: Served, token: str, listener: Listener, name: str, door: str) -> None:
    media_type, text = DOCUMENTS[name]
    sent: dict[str, Any] = {"data": at(listener, text).encode(), "content_type": media_type}
    if door == "graph":
        response = served.send("PUT", f"/sparql/graphs?graph={GRAPH}", token, **sent)
    else:
        response = served.send("POST", door, token, **sent)
    assert response.status_code < 500
    assert listener.seen == []


@pytest.mark.parametrize("name", QUERIES)
def test_no_query_makes_it_call(served: Served, token: str, listener: Listener, name: str) -> None:
    response = served.send("GET", "/sparql", token, query_string={"query": at(listener, QUERIES[name])})
    assert response.status_code == (400 if name.startswith("SERVICE") else 200)
    response.get_data()
    assert listener.seen == []


@pytest.mark.parametrize("name", UPDATES)
def test_no_update_makes_it_call(served: Served, token: str, listener: Listener, name: str) -> None:
    sent = {"data": at(listener, UPDATES[name]).encode(), "content_type": "application/sparql-update"}
    response = served.send("POST", "/sparql", token, **sent)
    assert 400 <= response.status_code < 500 or name == "USING"
    assert listener.seen == []


@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
def test_no_dataset_makes_it_call(served: Served, token: str, listener: Listener, parameter: str) -> None:
    asked = {"query": "SELECT * { ?s ?p ?o }", parameter: at(listener, "{0}graph.ttl")}
    response = served.send("GET", "/sparql", token, query_string=asked)
    assert response.status_code < 500
    response.get_data()
    assert listener.seen == []
