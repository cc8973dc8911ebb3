"""``/sparql`` over the released graphs: results, refusals, and a process that cannot reach the network."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lumbarkg.errors import InvalidInputError
from lumbarkg.sparql.visibility import Scope
from lumbarkg.vocabulary import WELL_KNOWN_PREFIXES
from lumbarkg.web.callers import read_tokens
from tests.listener import Listener

PREFIXES = "PREFIX lkg: <https://w3id.org/lumbarkg/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "


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


def test_service_reaches_nobody(client: FlaskClient, listener: Listener) -> None:
    port = listener.port
    for address in (f"http://127.0.0.1:{port}/sparql", f"http://localhost:{port}/"):
        response = _query(client, f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}")
        assert response.status_code == 400
        silent = _query(client, f"SELECT * {{ SERVICE SILENT <{address}> {{ ?s ?p ?o }} }}")
        assert silent.status_code in (200, 400)
    assert listener.seen == []


def test_a_listener_would_have_been_seen(listener: Listener) -> None:
    assert listener.notices_a_call()


def test_a_syntax_error_says_where(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "SELECT *\n{ ?s ?p \n ?o . }}"})
    (issue,) = response.get_json(force=True)["issues"]
    assert response.status_code == 400
    assert issue["message"].startswith("Line 3, column 9")
    assert issue["path"] == "/query"


def test_a_prefix_that_is_not_declared_comes_with_its_line(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "SELECT * { ?s rdfs:label ?o ; lkg:partOf ?x }"})
    issues = response.get_json(force=True)["issues"]
    assert response.status_code == 400
    assert [issue["remedy"].rpartition(": PREFIX ")[2] for issue in issues] == [
        "rdfs: <http://www.w3.org/2000/01/rdf-schema#>",
        "lkg: <https://w3id.org/lumbarkg/>",
    ]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("text/*", "text/csv"),
        ("text/csv;q=0.2, application/sparql-results+xml;q=0.3", "application/sparql-results+xml"),
        ("text/turtle, text/csv;q=0.1", "text/csv"),
        ("application/sparql-results+json;q=0, */*", "application/sparql-results+xml"),
        ("TEXT/CSV", "text/csv"),
    ],
)
def test_the_accept_header_decides(accept: str, expected: str, client: FlaskClient) -> None:
    headers = {"Accept": accept} if accept else {}
    response = client.get("/sparql", query_string={"query": "SELECT (1 AS ?x) {}"}, headers=headers)
    assert (response.status_code, response.mimetype) == (200, expected)
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize(
    "media_type",
    [
        "text/turtle",
        "application/n-triples",
        "application/rdf+xml",
        "application/ld+json",
        "application/n-quads",
        "application/trig",
    ],
)
def test_graphs_in_every_format(media_type: str, client: FlaskClient) -> None:
    text = "CONSTRUCT { ?x rdfs:label ?l } { ?x rdfs:subClassOf lkg:Exercise ; rdfs:label ?l }"
    response = _query(client, text, media_type)
    assert response.mimetype == media_type
    found = list(ox.parse(response.data, format=ox.RdfFormat.from_media_type(media_type)))
    assert len(found) > 10
    assert {quad.predicate.value for quad in found} == {str(rdflib.RDFS.label)}


def test_no_format_that_is_accepted(client: FlaskClient) -> None:
    response = _query(client, "ASK {}", "image/png")
    assert response.status_code == 406
    assert "application/sparql-results+json" in response.get_json(force=True)["issues"][0]["remedy"]


def test_the_default_graph_is_a_set(client: FlaskClient) -> None:
    """An edge that was asserted and is inferred too counts once, also where the request names the graphs."""
    pairs = "COUNT(DISTINCT CONCAT(STR(?a), ' ', STR(?b)))"
    pattern = "?a rdfs:subClassOf ?b FILTER(isIRI(?a) && isIRI(?b))"
    count = f"SELECT (COUNT(*) AS ?n) ({pairs} AS ?m) {{ {pattern} }}"
    graphs = [f"https://w3id.org/lumbarkg/graph/{name}" for name in ("asserted", "inferred")]
    clauses = " ".join(f"FROM <{graph}>" for graph in graphs)
    for text, parameters in (
        (count, {}),
        (count, {"default-graph-uri": graphs}),
        (count.replace("{ ?a", f"{clauses} {{ ?a"), {}),
    ):
        response = client.get("/sparql", query_string={"query": PREFIXES + text, **parameters})
        (row,) = json.loads(response.data)["results"]["bindings"]
        assert row["n"] == row["m"]
        assert int(row["n"]["value"]) > 100


def test_the_knowledge_has_seven_graphs(client: FlaskClient) -> None:
    response = _query(client, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
    names = {name.removeprefix("graph/") for name in _column(response, "g")}
    assert names == {"asserted", "inferred", "relations", "evidence", "claims", "mappings", "queries"}


def test_claims_and_mappings(client: FlaskClient) -> None:
    claims = _query(client, "SELECT ?c { GRAPH lkg:graph\\/claims { ?c a lkg:Claim ; lkg:stance ?s } }")
    assert len(_column(claims, "c")) == 52
    mapped = _query(
        client,
        "PREFIX sssom: <https://w3id.org/sssom/> SELECT DISTINCT ?o { GRAPH lkg:graph\\/mappings "
        "{ ?row sssom:subject_id ?s ; sssom:predicate_id ?p ; sssom:object_id ?o . ?s ?p ?o } }",
    )
    assert len(_column(mapped, "o")) > 100


def test_a_browser_gets_a_form(client: FlaskClient) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    response = client.get("/sparql", headers={"Accept": browser})
    assert (response.status_code, response.mimetype) == (200, "text/html")
    page = response.get_data(as_text=True)
    assert "Not a medical device" in page
    assert "<script>" not in page
    assert " style=" not in page
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert client.get("/static/sparql.js").status_code == client.get("/static/sparql.css").status_code == 200


def test_the_examples_of_the_form_have_answers(client: FlaskClient) -> None:
    script = client.get("/static/sparql.js").get_data(as_text=True)
    examples = re.findall(r'\["([^"]+)", `([^`]+)`\]', script)
    assert len(examples) == 5
    prefixes = "".join(f"PREFIX {name}: <{ns}>\n" for name, ns in WELL_KNOWN_PREFIXES.items())
    for name, query in examples:
        response = client.get("/sparql", query_string={"query": prefixes + query})
        assert json.loads(response.data)["results"]["bindings"], name


def test_the_service_describes_itself(client: FlaskClient) -> None:
    response = client.get("/sparql", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=response.data, format="turtle")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    assert {str(name).rpartition("/")[2] for name in graph.objects(None, sd.name)} == {
        "asserted", "inferred", "relations", "evidence", "claims", "mappings", "queries",
    }  # fmt: skip
    assert set(graph.objects(None, sd.supportedLanguage)) == {sd.SPARQL11Query}
    assert {str(o) for o in graph.objects(None, sd.defaultEntailmentRegime)} == {
        "http://www.w3.org/ns/entailment/Simple"
    }
    assert "simple entailment" in str(list(graph.objects(None, rdflib.RDFS.comment)))


def test_void_counts_what_is_there(client: FlaskClient) -> None:
    response = client.get("/.well-known/void", headers={"Accept": "application/ld+json"})
    graph = rdflib.Graph().parse(data=response.data, format="json-ld")
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    (dataset,) = graph.subjects(void.sparqlEndpoint)
    total = _query(client, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert {str(graph.value(dataset, void.triples))} == _column(total, "n")
    partitions = {
        str(graph.value(part, void["class"])): int(str(graph.value(part, void.entities)))
        for part in graph.objects(dataset, void.classPartition)
    }
    assert partitions["https://w3id.org/lumbarkg/Claim"] == 52
    properties = list(graph.objects(dataset, void.propertyPartition))
    assert len(properties) == int(str(graph.value(dataset, void.properties))) > 50
    assert sum(int(str(graph.value(p, void.triples))) for p in properties) == int(
        str(graph.value(dataset, void.triples))
    )
    assert len(list(graph.objects(dataset, void.subset))) == 7


@pytest.mark.parametrize(
    "path", ["/sparql/graphs?graph=https%3A%2F%2Fw3id.org%2Flumbarkg%2Fgraph%2Fevidence", "/lumbarkg/graph/evidence"]
)
def test_a_graph_is_read_whole(path: str, client: FlaskClient) -> None:
    response = client.get(path, headers={"Accept": "application/n-triples"})
    counted = _query(client, "SELECT (COUNT(*) AS ?n) { GRAPH lkg:graph\\/evidence { ?s ?p ?o } }")
    assert {str(len(response.data.splitlines()))} == _column(counted, "n")
    assert client.head(path).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sparql/graphs", 400),
        ("GET", "/sparql/graphs?graph=relative", 400),
        ("GET", "/sparql/graphs?graph=urn:x&default", 400),
        ("GET", "/sparql/graphs?graph=urn:x&graph=urn:y", 400),
        ("GET", "/sparql/graphs?graph=urn:x", 404),
        ("GET", "/sparql/graphs?default", 200),
        ("PATCH", "/sparql/graphs?default", 405),
        ("DELETE", "/sparql/graphs?default", 401),
        ("PUT", "/lumbarkg/graph/inferred", 403),
        ("PUT", "/sparql", 405),
        ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", 400),
        ("GET", "/sparql?update=CLEAR+ALL", 400),
        ("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=x", 400),
        ("POST", "/sparql", 415),
    ],
)
def test_what_a_request_may_be(method: str, path: str, status: int, client: FlaskClient) -> None:
    response = client.open(path, method=method)
    assert response.status_code == status
    if status >= 400 and method != "HEAD":
        assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/sparql-query; charset=UTF-8", b"ASK {}", 200),
        ('application/sparql-query; charset="utf-8"', 'ASK { BIND("é" AS ?x) }'.encode(), 200),
        ("application/sparql-query; charset=UTF-16", "ASK {}".encode("utf-16"), 415),
        ("application/sparql-query", "ASK {}".encode("utf-16"), 400),
        ("application/sparql-query", b"ASK { # \xff\n}", 400),
        ("application/x-www-form-urlencoded", b"query=ASK%7B%7D&update=CLEAR%20ALL", 400),
        ("application/x-www-form-urlencoded", b"update=CLEAR%20ALL", 401),
        ("text/plain", b"ASK {}", 415),
    ],
)
def test_bodies(content_type: str, body: bytes, status: int, client: FlaskClient) -> None:
    assert client.post("/sparql", data=body, content_type=content_type).status_code == status


def test_a_token_file_tells_everything_that_is_wrong_with_it(tmp_path: Path) -> None:
    file = tmp_path / "tokens.toml"
    file.write_text('[[token]]\nsha256 = "x"\ntenant = "A/b"\nscopes = ["all"]\n')
    with pytest.raises(InvalidInputError) as refused:
        read_tokens(file)
    assert [issue.path for issue in refused.value.issues] == ["/token/0/sha256", "/token/0/tenant", "/token/0/scopes"]
    digest = hashlib.sha256(b"secret").hexdigest()
    file.write_text(f'[[token]]\nname = "n"\nsha256 = "{digest}"\ntenant = "lab"\nscopes = ["read", "update"]\n')
    tokens = read_tokens(file)
    caller = tokens.caller("secret")
    assert caller is not None
    assert (caller.tenant, caller.allows(Scope.UPDATE), caller.allows(Scope.ADMIN)) == ("lab", True, False)
    assert tokens.caller("other") is None
    file.write_text("[[token")
    with pytest.raises(InvalidInputError):
        read_tokens(file)
