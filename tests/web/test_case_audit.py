"""Who sees the graph of a stored case leaves a line in the audit log, and who asks for knowledge alone leaves none."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lumbarkg.cases.graphs import entailed_graph_of, graph_of
from lumbarkg.identifiers import Iri
from lumbarkg.sparql.reach import graphs_asked
from lumbarkg.store.port import GraphSelection
from tests.web.served import Served, serving

RESULTS = ("application/sparql-results+json",)
INFERRED = "https://w3id.org/lumbarkg/graph/inferred"
PREFIX = "PREFIX g: <https://w3id.org/lumbarkg/graph/> PREFIX lkg: <https://w3id.org/lumbarkg/> "
CASE_ID = uuid.UUID(int=0xCA5E)
GRAPH, ENTAILED = graph_of(CASE_ID), entailed_graph_of(CASE_ID)
FROM, MARK = "SELECT ?s ?o FROM ", "LowBackPain"
KNOWLEDGE = [
    "SELECT ?s { ?s a <http://www.w3.org/2002/07/owl#Class> } LIMIT 1",
    f"SELECT ?s {{ GRAPH <{INFERRED}> {{ ?s ?p ?o }} }} LIMIT 1",
    PREFIX + "SELECT ?s { GRAPH g:inferred { ?s ?p ?o } GRAPH g:claims { ?c ?q ?r } } LIMIT 1",
    FROM + f"<{INFERRED}> {{ ?s ?p ?o }} LIMIT 1",
    FROM + f"NAMED <{INFERRED}> {{ GRAPH ?g {{ ?s ?p ?o }} }} LIMIT 1",
    "DESCRIBE <https://w3id.org/lumbarkg/LowBackPain>",
    'SELECT ("GRAPH ?g { ?s ?p ?o }" AS ?t) { } # GRAPH ?g',
    f"SELECT ?s {{ GRAPH <{graph_of(uuid.UUID(int=1))}> {{ ?s ?p ?o }} }}",
]
CASES = [
    "SELECT ?o { GRAPH ?g { ?s a ?o } }",
    f"SELECT ?o {{ GRAPH <{GRAPH}> {{ ?s a ?o }} }}",
    FROM + f"<{GRAPH}> {{ ?s a ?o }}",
    FROM + f"NAMED <{GRAPH}> {{ GRAPH ?g {{ ?s a ?o }} }}",
    "CONSTRUCT { ?s a ?o } { graph $g { ?s a ?o } }",
    f"PREFIX c: <{GRAPH.namespace}> SELECT ?o {{ GRAPH c:{CASE_ID} {{ ?s a ?o }} }}",
    f"BASE <{GRAPH.namespace}> SELECT ?o {{ GRAPH <{CASE_ID}/entailed> {{ ?s a ?o }} }}",
    "SELECT ?o { GRAPH <" + GRAPH.replace("cases", "c\\u0061ses") + "> { ?s a ?o } }",
    "SELECT ?o { ?o a <http://www.w3.org/2002/07/owl#Class> FILTER EXISTS { GRAPH?g{ ?s a ?o } } }",
    "SELECT ?o { { SELECT ?o { GRAPH # a remark\n ?g { ?s a ?o } } } }",
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("record")) as found:
        for tenant in ("lab", "ward"):
            case_id = CASE_ID if tenant == "lab" else uuid.uuid4()
            body = {"findings": [{"finding": MARK}]}
            assert found.send("PUT", f"/api/v1/cases/{case_id}", found.token(tenant), json=body).status_code == 201
        yield found


@pytest.fixture(scope="module")
def token(served: Served) -> str:
    return served.token("lab")


def _lines(served: Served) -> list[dict[str, Any]]:
    return list(served.record.audit.entries())


def _ask(served: Served, token: str | None, query: str, way: str = "body") -> Any:
    headers = {"Accept": "application/sparql-results+json, text/turtle;q=0.5"}
    if way == "body":
        sent: dict[str, Any] = {"data": query, "content_type": "application/sparql-query"}
    else:
        sent = {"query_string": {"query": query}} if way == "get" else {"data": {"query": query}}
    found = served.send("GET" if way == "get" else "POST", "/sparql", token, headers, **sent)
    assert found.status_code == 200, found.text
    return found


@pytest.mark.parametrize("query", KNOWLEDGE)
def test_a_query_of_knowledge_leaves_no_line(served: Served, token: str, query: str) -> None:
    before = len(_lines(served))
    _ask(served, token, query)
    assert len(_lines(served)) == before


@pytest.mark.parametrize("way", ["get", "form", "body"])
@pytest.mark.parametrize("query", CASES)
def test_a_query_that_can_see_a_case_leaves_one_line(served: Served, token: str, query: str, way: str) -> None:
    before = len(_lines(served))
    assert MARK in _ask(served, token, query, way).text
    (line,) = _lines(served)[before:]
    assert (line["tenant"], line["action"], line["route"]) == ("lab", "sparql.query", "/sparql")
    assert line["who"].startswith("token:")
    assert line["object"] == str(CASE_ID)  # the tenant has but this one
    assert line["moment"]
    assert line["software"]
    assert line["ontology_version"]
    assert len(line["ontology_digest"]) == 64
    assert line["input_hmac"] == served.record.key.digest(query.encode())


def test_no_line_holds_a_query_or_a_finding(served: Served, token: str) -> None:
    _ask(served, token, CASES[0])
    text = json.dumps(_lines(served))
    assert MARK not in text
    assert "SELECT" not in text
    assert "?o" not in text


@pytest.mark.parametrize("name", [GRAPH, ENTAILED])
def test_a_graph_that_is_read_whole_leaves_one_line(served: Served, token: str, name: Iri) -> None:
    for path in (f"/sparql/graphs?graph={name}", name.removeprefix("https://w3id.org")):
        before = len(_lines(served))
        assert MARK in served.send("GET", path, token).text
        (line,) = _lines(served)[before:]
        assert (line["action"], line["object"]) == ("graph.read", str(CASE_ID))
        assert served.send("GET", path, served.token("ward")).status_code == 404
        assert served.send("GET", f"/sparql/graphs?graph={INFERRED}", token).status_code == 200
        assert len(_lines(served)) == before + 2  # and a token was made


def test_an_update_that_can_copy_from_a_case_leaves_one_line(served: Served, token: str) -> None:
    own = "https://w3id.org/lumbarkg/graph/user/lab/copy"
    texts = {
        f"INSERT DATA {{ GRAPH <{own}> {{ <urn:a> <urn:b> 1 }} }}": 0,
        f"INSERT {{ GRAPH <{own}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}": 1,
        f"DROP GRAPH <{own}>": 0,
    }
    for text, expected in texts.items():
        before = len(_lines(served))
        done = served.send("POST", "/sparql", token, data=text, content_type="application/sparql-update")
        assert done.status_code == 204, done.text
        assert [line["action"] for line in _lines(served)[before:]] == ["sparql.update"] * expected


def test_the_service_description_that_lists_cases_leaves_a_line_and_named_queries_leave_none(
    served: Served, token: str
) -> None:
    before = len(_lines(served))
    assert str(CASE_ID) in served.send("GET", "/sparql", token, {"Accept": "text/turtle"}).text
    assert [line["action"] for line in _lines(served)[before:]] == ["sparql.describe"]
    without = served.token("lab", ("read",))
    before = len(_lines(served))
    assert str(CASE_ID) not in served.send("GET", "/sparql", without, {"Accept": "text/turtle"}).text
    assert MARK not in _ask(served, without, CASES[1]).text
    query = "/api/v1/queries/terms-with-a-word?contains=pain"
    assert served.send("GET", query, token).status_code == 200
    assert len(_lines(served)) == before


PARTS = st.sampled_from(
    [
        *("GRAPH ?g { ?s a ?o }", "graph?g{?s a ?o}", f"GRAPH <{GRAPH}> {{ ?s a ?o }}", "?s a ?o .", "# GRAPH ?g\n"),
        *(
            "FILTER(?s != 'GRAPH ?g')",
            "FILTER(?s<?o)",
            f"GRAPH <{INFERRED}> {{ ?s a ?o }}",
        ),
        *(
            "OPTIONAL { GRAPH ?h { ?s a lkg:PatientCase } }",
            "BIND(<urn:graph> AS ?y)",
            "MINUS { GRAPH lkg:x { ?s a ?o } }",
        ),
    ]
)
FROMS = st.sampled_from(["", "", "", f"FROM <{INFERRED}>", f"FROM NAMED <{GRAPH}>", f"FROM <{ENTAILED}>"])


def test_whatever_shows_a_case_has_left_a_line(served: Served, token: str) -> None:
    """And what the narrowed dataset gives is what the whole one gives."""
    seen = 0
    store, visible = served.app.extensions["store"], (GRAPH, ENTAILED, Iri(INFERRED))

    @given(FROMS, st.lists(PARTS, min_size=1, max_size=3, unique=True))
    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    def hold(source: str, parts: list[str]) -> None:
        nonlocal seen
        query = f"{PREFIX} SELECT DISTINCT ?s {source} {{ {' '.join(parts)} }} ORDER BY ?s LIMIT 200"
        before = len(_lines(served))
        if str(CASE_ID) in _ask(served, token, query).text:
            seen += 1
            assert len(_lines(served)) == before + 1
        reach = graphs_asked(query)
        fewer = visible if reach is None else tuple(name for name in visible if name in reach)
        answers = [
            b"".join(store.query(query, GraphSelection((Iri(INFERRED),), named), RESULTS).content)
            for named in (visible, fewer)
        ]
        assert answers[0] == answers[1]

    hold()
    assert seen > 10
