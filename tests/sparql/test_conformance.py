"""The W3C SPARQL 1.1 suites over HTTP, against ``lumbarkg serve --profile conformance``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.collection import Collection

from tests.conftest import SHARED
from tests.sparql.server import Reply, Server, running_server
from tests.sparql.suites import (
    MF,
    QT,
    UT,
    Test,
    csv_rows,
    expected_rows,
    n_triples,
    path_of,
    read_manifest,
    rows_of,
    same_graphs,
    same_rows,
    triples_of,
    unpack,
)

SUITES = Path(os.environ.get("LUMBARKG_CONFORMANCE", SHARED / "conformance")) / "sparql11"
HT = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT = rdflib.Namespace("http://www.w3.org/2011/content#")
SD = "http://www.w3.org/ns/sparql-service-description#"
_SOLUTIONS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
_STATUS = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}
# Tests that do not give what the manifest says, each with the reason.
_ZERO_LENGTH = "pyoxigraph 0.5.13: a path of length zero does not match a term that stands in no triple"
KNOWN_QUERY = {
    "aggregates/agg-groupconcat-04": "pyoxigraph 0.5.13: GROUP_CONCAT keeps a language tag that all values share",
    "aggregates/agg-groupconcat-06": "pyoxigraph 0.5.13: GROUP_CONCAT keeps a language tag that all values share",
    "aggregates/agg-empty-group-count-graph": "pyoxigraph 0.5.13: an aggregate within GRAPH ?g counts over all graphs",
    "bindings/graph": "pyoxigraph 0.5.13: VALUES within GRAPH ?g does not meet the variable of GRAPH",
    "functions/bnode01": "pyoxigraph 0.5.13: BNODE of one string gives one blank node in all solutions",
    "negation/graph-minus": "pyoxigraph 0.5.13: MINUS within GRAPH ?g shares the variable of GRAPH",
    "property-path/zero_or_more_set_start": _ZERO_LENGTH,
    "property-path/zero_or_more_set_end": _ZERO_LENGTH,
    "property-path/zero_or_one_set_start": _ZERO_LENGTH,
    "property-path/zero_or_one_set_end": _ZERO_LENGTH,
    "csv-tsv-res/tsv03": "pyoxigraph 0.5.13: derived integer types are stored as xsd:integer",
}
_LOAD = "LOAD is refused by design, SILENT or not: nothing here reaches another server"
KNOWN_UPDATE = {"update-silent/load-silent": _LOAD, "update-silent/load-into-silent": _LOAD}
_EVALUATED = "the syntax is accepted, and then the request fails in evaluation, because"
KNOWN_SYNTAX = {
    "syntax-query/test_4": f"{_EVALUATED} the query calls a function that nobody has",
    "syntax-update-1/test_8": f"{_EVALUATED} the update drops a graph that does not exist",
}

pytestmark = pytest.mark.skipif(not SUITES.is_dir(), reason=f"the conformance data is not at {SUITES}")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server("--profile", "conformance") as server:
        yield server


@pytest.fixture(scope="module")
def suites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack(SUITES / "sparql11-suite.tar.gz", tmp_path_factory.mktemp("suites"))


def _clear(server: Server) -> None:
    assert server.update("DROP ALL").status == 204


def _put(server: Server, name: str | None, content: bytes) -> None:
    where = "?default" if name is None else f"?graph={quote(name, safe='')}"
    reply = server.send("PUT", f"/sparql/graphs{where}", {"Content-Type": "application/n-triples"}, content)
    assert reply.status in (201, 204), reply.body


# Protocol


def _protocol_tests() -> list[dict[str, Any]]:
    file = SUITES / "protocol" / "protocol_requests.json"
    found: list[dict[str, Any]] = json.loads(file.read_text("utf-8")) if file.is_file() else []
    return found


def _is_expected(reply: Reply, request: dict[str, Any]) -> bool:
    if not any(str(reply.status)[0] == status[0] for status in request["expected_status"]):
        return False
    expected = request["expected_format"]
    if expected == "boolean":
        assert reply.media_type in ("application/sparql-results+json", "application/sparql-results+xml")
    elif expected == "tabular":
        assert reply.media_type in (*_SOLUTIONS, "text/csv")
    elif expected == "RDF":
        assert reply.media_type in ("text/turtle", "application/rdf+xml", "application/n-triples")
    wanted = request["expected_boolean"]
    return wanted is None or json.loads(reply.body)["boolean"] is wanted


def test_there_are_34_protocol_tests() -> None:
    assert len(_protocol_tests()) == 34


@pytest.mark.parametrize("test", _protocol_tests(), ids=lambda test: test["id"])
def test_protocol(test: dict[str, Any], server: Server) -> None:
    _clear(server)
    for entry in test["graph_data"]:
        _put(server, entry["graph"], (SUITES / "protocol" / entry["file"]).read_bytes())
    for request in test["requests"]:
        body = request["body"]
        content = None if body is None else body.encode(request["body_encoding"] or "utf-8")
        reply = server.send(request["method"], request["path"], dict(request["headers"]), content)
        assert _is_expected(reply, request), (reply.status, reply.body)


# Graph store protocol


def _graph_store_tests() -> list[tuple[rdflib.Graph, rdflib.term.Node]]:
    found = []
    for name in ("manifest-indirect.ttl", "manifest-direct.ttl"):
        file = SUITES / "graph-store-protocol" / name
        if file.is_file():
            graph = rdflib.Graph().parse(file, format="turtle")
            found += [(graph, node) for head in graph.objects(None, MF.entries) for node in Collection(graph, head)]
    return found


def _path(written: str, location: str) -> str:
    """The address of a manifest's request on our server, which keeps its graphs elsewhere."""
    return written.replace("$LOCATION$", quote(location, safe="")).replace("/gsp", "/sparql/graphs", 1)


def _body(graph: rdflib.Graph, node: rdflib.term.Node | None) -> bytes | None:
    text = None if node is None else graph.value(graph.value(node, HT.body), CNT.chars)
    return None if text is None else str(text).encode()


def test_there_are_13_graph_store_tests() -> None:
    assert len(_graph_store_tests()) == 13


@pytest.mark.parametrize("test", _graph_store_tests(), ids=lambda test: str(test[1]).rpartition("#")[2])
def test_graph_store(test: tuple[rdflib.Graph, rdflib.term.Node], server: Server) -> None:
    graph, node = test
    _clear(server)
    location = ""
    requests = graph.value(graph.value(node, MF.action), HT.requests)
    for request in Collection(graph, requests):
        headers = {
            str(graph.value(h, HT.fieldName)): str(graph.value(h, HT.fieldValue))
            for h in _listed(graph, request, HT.headers)
        }
        method = str(graph.value(request, HT.methodName))
        path = _path(str(graph.value(request, HT.absolutePath)), location)
        reply = server.send(method, path, headers, _body(graph, request))
        expected = graph.value(request, HT.resp)
        statuses = {_STATUS[str(s).rpartition("#")[2]] for s in graph.objects(expected, MF.expectedStatus)}
        assert reply.status in statuses, (method, path, reply.status, reply.body)
        for header in _listed(graph, expected, HT.headers):
            name = str(graph.value(header, HT.fieldName)).lower()
            assert reply.headers[name] == str(graph.value(header, HT.fieldValue))
        if (wanted := _body(graph, expected)) is not None:
            base = f"{server.address}/"
            found = [q.triple for q in ox.parse(reply.body, format=ox.RdfFormat.TURTLE, base_iri=base)]
            given = [q.triple for q in ox.parse(wanted, format=ox.RdfFormat.TURTLE, base_iri=base)]
            assert same_graphs(found, given), reply.body
        location = reply.headers.get("location", location)


def _listed(graph: rdflib.Graph, node: Any, predicate: rdflib.URIRef) -> list[Any]:
    head = graph.value(node, predicate)
    return [] if head is None else list(Collection(graph, head))


# Service description


def _service_description(server: Server) -> rdflib.Graph:
    reply = server.send("GET", "/sparql", {"Accept": "text/turtle"})
    assert (reply.status, reply.media_type) == (200, "text/turtle")
    return rdflib.Graph().parse(data=reply.body, format="turtle")


def test_service_description_returns_rdf(server: Server) -> None:
    assert len(_service_description(server)) > 0
    for media_type, name in (("application/rdf+xml", "xml"), ("application/ld+json", "json-ld")):
        reply = server.send("GET", "/sparql", {"Accept": media_type})
        assert len(rdflib.Graph().parse(data=reply.body, format=name)) > 0


def test_service_description_has_the_endpoint(server: Server) -> None:
    endpoints = set(_service_description(server).objects(None, rdflib.URIRef(f"{SD}endpoint")))
    assert endpoints == {rdflib.URIRef(f"{server.address}/sparql")}


def test_service_description_conforms_to_its_schema(server: Server) -> None:
    """Each property stands on the class of its domain, and its value has the class of its range."""
    graph = _service_description(server)
    (service,) = graph.subjects(rdflib.RDF.type, rdflib.URIRef(f"{SD}Service"))
    schema = {
        "endpoint": (service, None),
        "supportedLanguage": (service, None),
        "resultFormat": (service, None),
        "inputFormat": (service, None),
        "defaultEntailmentRegime": (service, None),
        "defaultDataset": (service, "Dataset"),
        "defaultGraph": (None, "Graph"),
        "namedGraph": (None, "NamedGraph"),
        "graph": (None, "Graph"),
        "name": (None, None),
    }
    for subject, predicate, value in graph:
        if predicate.startswith(SD):
            domain, value_class = schema[predicate.removeprefix(SD)]
            assert domain in (None, subject)
            if value_class:
                assert (value, rdflib.RDF.type, rdflib.URIRef(SD + value_class)) in graph
    assert len(list(graph.objects(service, rdflib.URIRef(f"{SD}defaultDataset")))) == 1


# Query and update evaluation


def _prepare(server: Server, test: Test, node: Any, data: rdflib.URIRef, graph_data: rdflib.URIRef) -> None:
    _clear(server)
    contents = [n_triples(path) for path in test.files(node, data)]
    if contents:
        _put(server, None, b"".join(contents))
    for named in test.manifest.objects(node, graph_data):
        label = test.manifest.value(named, rdflib.RDFS.label)
        source = named if label is None else test.manifest.value(named, UT.graph)
        _put(server, str(named if label is None else label), n_triples(path_of(source)))


def _evaluate(server: Server, test: Test) -> str:
    """'' where the answer over HTTP is the manifest's, else what differs."""
    _prepare(server, test, test.action, QT.data, QT.graphData)
    file = test.file(test.action, QT.query)
    result = test.file(test.node, MF.result)
    assert file is not None
    assert result is not None
    query = f"BASE <{file.as_uri()}>\n{file.read_text('utf-8')}"
    accept = {
        ".csv": "text/csv",
        ".tsv": "text/tab-separated-values",
        ".srj": "application/sparql-results+json",
    }.get(result.suffix, "application/sparql-results+xml, application/n-triples")
    reply = server.query(query, accept)
    if reply.status != 200:
        return f"{reply.status}: {reply.body!r}"
    if reply.media_type == "application/n-triples":
        found = [q.triple for q in ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)]
        return "" if same_graphs(found, triples_of(result)) else "another graph"
    if result.suffix == ".csv":
        return "" if csv_rows(reply.body) == csv_rows(result.read_bytes()) else f"other rows: {reply.body!r}"
    results = ox.parse_query_results(reply.body, format=_SOLUTIONS[reply.media_type])
    expected = expected_rows(result)
    if isinstance(results, ox.QueryBoolean):
        return "" if bool(results) is expected else "the other boolean"
    assert not isinstance(expected, bool)
    rows = rows_of(results)
    return "" if same_rows(rows, expected) else f"other rows: {rows} instead of {expected}"


def _failures(server: Server, tests: list[Test], evaluate: Any) -> dict[str, str]:
    return {test.name: what for test in tests if (what := evaluate(server, test))}


@pytest.mark.slow
def test_query_evaluation(server: Server, suites: Path) -> None:
    tests = [
        test
        for name in ("query", "results")
        for test in read_manifest(suites / f"manifest-sparql11-{name}.ttl")
        if test.kind in ("QueryEvaluationTest", "CSVResultFormatTest")
    ]
    failures = _failures(server, tests, _evaluate)
    assert {name: what for name, what in failures.items() if name not in KNOWN_QUERY} == {}
    assert set(failures) == set(KNOWN_QUERY)
    assert len(tests) == 235


@pytest.mark.slow
def test_a_known_failure_is_that_of_the_library_in_process(suites: Path) -> None:
    """The reasons above are true: without our server, pyoxigraph does not give the manifest's result either."""
    tests = [t for n in ("query", "results") for t in read_manifest(suites / f"manifest-sparql11-{n}.ttl")]
    known = [test for test in tests if test.name in KNOWN_QUERY]
    assert len(known) == len(KNOWN_QUERY)
    for test in known:
        store = ox.Store()
        for path in test.files(test.action, QT.data):
            store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples_of(path))
        for named in test.manifest.objects(test.action, QT.graphData):
            name = ox.NamedNode(str(named))
            store.extend(ox.Quad(t.subject, t.predicate, t.object, name) for t in triples_of(path_of(named)))
        file, result = test.file(test.action, QT.query), test.file(test.node, MF.result)
        assert file is not None
        assert result is not None
        results = store.query(file.read_text("utf-8"), base_iri=file.as_uri())
        expected = expected_rows(result)
        if isinstance(results, ox.QueryBoolean):
            assert bool(results) is not expected
        else:
            assert not isinstance(expected, bool)
            assert not same_rows(rows_of(results), expected), test.name


def _evaluate_update(server: Server, test: Test) -> str:
    _prepare(server, test, test.action, UT.data, UT.graphData)
    file = test.file(test.action, UT.request)
    assert file is not None
    reply = server.update(f"BASE <{file.as_uri()}>\n{file.read_text('utf-8')}")
    if reply.status != 204:
        return f"{reply.status}: {reply.body!r}"
    result = test.manifest.value(test.node, MF.result)
    expected: dict[str, list[ox.Triple]] = {"": [t for f in test.files(result, UT.data) for t in triples_of(f)]}
    for named in test.manifest.objects(result, UT.graphData):
        source = test.manifest.value(named, UT.graph)
        expected[str(test.manifest.value(named, rdflib.RDFS.label))] = triples_of(path_of(source))
    for name, triples in expected.items():
        where = f"?graph={quote(name, safe='')}" if name else "?default"
        got = server.send("GET", f"/sparql/graphs{where}", {"Accept": "application/n-triples"})
        content = got.body if got.status == 200 else b""
        if not same_graphs([q.triple for q in ox.parse(content, format=ox.RdfFormat.N_TRIPLES)], triples):
            return f"another graph {name}: {content!r}"
    names = server.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", "text/csv").body.decode().split()[1:]
    return "" if set(names) <= set(expected) else f"more graphs: {names}"


@pytest.mark.slow
def test_update_evaluation(server: Server, suites: Path) -> None:
    tests = [t for t in read_manifest(suites / "manifest-sparql11-update.ttl") if t.kind == "UpdateEvaluationTest"]
    failures = _failures(server, tests, _evaluate_update)
    assert {name: what for name, what in failures.items() if name not in KNOWN_UPDATE} == {}
    assert set(failures) == set(KNOWN_UPDATE)
    assert len(tests) == 94


def _check_syntax(server: Server, test: Test) -> str:
    file = path_of(test.action)
    text = f"BASE <{file.as_uri()}>\n{file.read_text('utf-8')}"
    reply = server.update(text) if "Update" in test.kind else server.query(text, "*/*")
    is_positive = test.kind.startswith("Positive")
    if is_positive and reply.status not in (200, 204) and "SERVICE" not in text.upper() and "LOAD" not in text.upper():
        return f"{reply.status}: {reply.body!r}"
    return f"accepted: {text}" if not is_positive and reply.status in (200, 204) else ""


@pytest.mark.slow
def test_syntax(server: Server, suites: Path) -> None:
    tests = [
        test
        for name in ("query", "update")
        for test in read_manifest(suites / f"manifest-sparql11-{name}.ttl")
        if "SyntaxTest" in test.kind
    ]
    failures = _failures(server, tests, _check_syntax)
    assert {name: what for name, what in failures.items() if name not in KNOWN_SYNTAX} == {}
    assert set(failures) == set(KNOWN_SYNTAX)
    assert len(tests) == 166
