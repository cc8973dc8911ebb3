"""Two tenants side by side: neither sees or changes what is the other's, however it is asked for."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from lumbarkg.identifiers import Iri
from lumbarkg.sparql.visibility import USER_NAMESPACE, Caller, Scope
from lumbarkg.store.embedded import EmbeddedStore
from lumbarkg.store.limits import Limits
from lumbarkg.vocabulary import LKG
from lumbarkg.web.app import create_app, default_config
from lumbarkg.web.callers import Token, Tokens

TENANTS = ("alpha", "beta")
SECRET = {"alpha": "alpha-secret-marker", "beta": "beta-secret-marker"}
GRAPHS = {t: [f"{USER_NAMESPACE}{t}/{name}" for name in ("notes", "more")] for t in TENANTS}
ASSERTED = "https://w3id.org/lumbarkg/graph/asserted"
ALL_KNOWLEDGE = [f"{LKG}graph/{n}" for n in ("asserted", "claims", "evidence", "inferred", "mappings", "relations")]
_LITTLE = b'<GRAPH> <urn:says> "knowledge" .\n<urn:a> <urn:says> <urn:b> .\n<urn:b> <urn:says> _:c .\n'
KNOWLEDGE = [f"https://w3id.org/lumbarkg/graph/{n}" for n in ("asserted", "inferred", "relations", "claims")]
ALL_GRAPHS = [*GRAPHS["alpha"], *GRAPHS["beta"], *KNOWLEDGE, "http://example.org/nothing"]


def _token(tenant: str, *scopes: Scope) -> Token:
    digest = hashlib.sha256(f"token-of-{tenant}".encode()).hexdigest()
    return Token(tenant, digest, Caller(tenant, frozenset(scopes)))


def _as(tenant: str) -> dict[str, str]:
    return {"Authorization": f"Bearer token-of-{tenant}"} if tenant else {}


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    tokens = Tokens(
        (*(_token(t, Scope.READ, Scope.UPDATE) for t in TENANTS), _token("reader", Scope.READ), _token("idle"))
    )
    app = create_app(replace(default_config(), tokens=tokens))
    # The rule does not depend on how much there is to know: a little of each graph makes updates quick.
    small = {Iri(name): _LITTLE.replace(b"GRAPH", name.encode()) for name in ALL_KNOWLEDGE}
    app.extensions["store"] = EmbeddedStore(small, tuple(small), limits=Limits(seconds=20), owners=USER_NAMESPACE)
    yield app
    app.extensions["store"].close()


@pytest.fixture(scope="module")
def web(app: Flask) -> FlaskClient:
    client = app.test_client()
    _reset(client)
    return client


def _reset(client: FlaskClient) -> None:
    """Every tenant's graphs as they are at the start of each example."""
    for tenant in TENANTS:
        for name in _contents(client, tenant):
            client.delete("/sparql/graphs", query_string={"graph": name}, headers=_as(tenant))
        text = "".join(f'GRAPH <{g}> {{ <{g}> <urn:says> "{SECRET[tenant]}" }} ' for g in GRAPHS[tenant])
        assert _update(client, f"INSERT DATA {{ {text} }}", tenant).status_code == 204


def _update(client: FlaskClient, text: str, tenant: str, **parameters: list[str]) -> TestResponse:
    return client.post(
        "/sparql",
        data=text,
        content_type="application/sparql-update",
        query_string={k.replace("_", "-"): v for k, v in parameters.items()},
        headers=_as(tenant),
    )


def _query(client: FlaskClient, text: str, tenant: str, **parameters: list[str]) -> TestResponse:
    return client.get(
        "/sparql",
        query_string={"query": text, **{k.replace("_", "-"): v for k, v in parameters.items()}},
        headers={**_as(tenant), "Accept": "*/*"},
    )


def _contents(client: FlaskClient, tenant: str) -> dict[str, bytes]:
    """Every graph of a tenant as the tenant sees it."""
    answer = _query(client, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", tenant)
    names = [row["g"]["value"] for row in json.loads(answer.data)["results"]["bindings"]]
    found = {}
    for name in names:
        if name.startswith(f"{USER_NAMESPACE}{tenant}/"):
            headers = {**_as(tenant), "Accept": "application/n-triples"}
            found[name] = client.get("/sparql/graphs", query_string={"graph": name}, headers=headers).data
    return found


# Patterns, datasets and updates that reach for whatever they can.
PATTERNS = st.sampled_from(
    [
        "?s ?p ?o",
        "GRAPH ?g { ?s ?p ?o }",
        "{ ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } }",
        "GRAPH ?g { ?s <urn:says>+ ?o }",
        "?x ?y ?z FILTER EXISTS { GRAPH ?g { ?s <urn:says> ?o } } BIND(1 AS ?s)",
        "{ SELECT ?o { GRAPH ?g { ?s <urn:says> ?o } } }",
        "GRAPH ?g {}",
        "?s <urn:says>* ?o . FILTER(isLiteral(?o))",
        *(f"GRAPH <{graph}> {{ ?s ?p ?o }}" for graph in ALL_GRAPHS),
    ]
)
GRAPH_LISTS = st.lists(st.sampled_from(ALL_GRAPHS), max_size=3)
FORMS = st.sampled_from(["SELECT *", "SELECT (COUNT(*) AS ?n)", "ASK", "CONSTRUCT {{ ?s ?p ?o }}", "DESCRIBE ?s"])


@st.composite
def queries(draw: st.DrawFn) -> tuple[str, dict[str, list[str]]]:
    """A query, its FROM clauses, and the dataset of the request."""
    clauses = [f"FROM <{g}>" for g in draw(GRAPH_LISTS)] + [f"FROM NAMED <{g}>" for g in draw(GRAPH_LISTS)]
    form = draw(FORMS).replace("{{", "{").replace("}}", "}")
    text = f"{form} {' '.join(draw(st.permutations(clauses)))} WHERE {{ {draw(PATTERNS)} }} LIMIT 400"
    return text, {"default_graph_uri": draw(GRAPH_LISTS), "named_graph_uri": draw(GRAPH_LISTS)}


@st.composite
def updates(draw: st.DrawFn) -> tuple[str, dict[str, list[str]]]:
    """An update that writes, copies or drops, wherever it likes."""
    graph, other = draw(st.sampled_from(ALL_GRAPHS)), draw(st.sampled_from(ALL_GRAPHS))
    pattern = draw(PATTERNS)
    template = draw(
        st.sampled_from(
            [f"GRAPH <{graph}> {{ ?s ?p ?o }}", "GRAPH ?g { ?s ?p ?o }", "?s ?p ?o", "GRAPH ?s { ?s ?p ?o }"]
        )
    )
    using = " ".join(f"USING {draw(st.sampled_from(['', 'NAMED ']))}<{g}>" for g in draw(GRAPH_LISTS))
    prefix = draw(st.sampled_from(["", f"WITH <{graph}> "]))
    text = draw(
        st.sampled_from(
            [
                f"{prefix}INSERT {{ {template} }} {using} WHERE {{ {pattern} }}",
                f"{prefix}DELETE {{ {template} }} {using} WHERE {{ {pattern} }}",
                f"{prefix}DELETE {{ {template} }} INSERT {{ {template} }} {using} WHERE {{ {pattern} }}",
                f"DELETE WHERE {{ {template} }}",
                f'INSERT DATA {{ GRAPH <{graph}> {{ <urn:a> <urn:says> "new" }} }}',
                f'DELETE DATA {{ GRAPH <{graph}> {{ <{graph}> <urn:says> "{SECRET["alpha"]}" }} }}',
                f"CLEAR SILENT GRAPH <{graph}>",
                f"DROP SILENT {draw(st.sampled_from(['ALL', 'NAMED', 'DEFAULT', f'GRAPH <{graph}>']))}",
                f"{draw(st.sampled_from(['COPY', 'MOVE', 'ADD']))} SILENT <{graph}> TO <{other}>",
                f"CREATE SILENT GRAPH <{graph}>",
                f"LOAD SILENT <{graph}> INTO GRAPH <{other}>",
            ]
        )
    )
    return text, draw(st.sampled_from([{}, {"using_graph_uri": draw(GRAPH_LISTS)}]))


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=queries(), reader=st.sampled_from([*TENANTS, ""]))
def test_a_query_shows_nothing_of_another(
    drawn: tuple[str, dict[str, list[str]]], reader: str, web: FlaskClient
) -> None:
    text, parameters = drawn
    answer = _query(web, text, reader, **parameters)
    assert answer.status_code == 200, (text, answer.data)
    for other in TENANTS:
        if other != reader:
            assert SECRET[other].encode() not in answer.data, text
            assert f"graph/user/{other}/".encode() not in answer.data, text


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=queries(), reader=st.sampled_from(TENANTS))
def test_an_answer_is_the_same_whatever_another_holds(
    drawn: tuple[str, dict[str, list[str]]], reader: str, web: FlaskClient
) -> None:
    """Not a count, not a boolean, not an error depends on the graphs of the other tenant."""
    text, parameters = drawn
    other = TENANTS[1 - TENANTS.index(reader)]
    extra = f"{USER_NAMESPACE}{other}/more"
    before = _query(web, text, reader, **parameters)
    content = '<urn:x> <urn:says> "elsewhere" . <urn:y> <urn:says> <urn:x> .'
    put = web.put(
        "/sparql/graphs", query_string={"graph": extra}, data=content, content_type="text/turtle", headers=_as(other)
    )
    assert put.status_code in (201, 204)
    try:
        after = _query(web, text, reader, **parameters)
        assert before.status_code == after.status_code
        assert _unordered(before) == _unordered(after)
    finally:
        text = f'INSERT DATA {{ GRAPH <{extra}> {{ <{extra}> <urn:says> "{SECRET[other]}" }} }}'
        assert web.delete("/sparql/graphs", query_string={"graph": extra}, headers=_as(other)).status_code == 204
        assert _update(web, text, other).status_code == 204


def test_an_update_changes_nothing_of_another_and_no_knowledge(web: FlaskClient) -> None:
    statuses: Counter[int] = Counter()

    @settings(max_examples=200)
    @given(drawn=updates(), writer=st.sampled_from([*TENANTS, "", "reader"]))
    def holds(drawn: tuple[str, dict[str, list[str]]], writer: str) -> None:
        text, parameters = drawn
        _reset(web)
        before = {tenant: _contents(web, tenant) for tenant in TENANTS}
        knowledge = _knowledge(web)
        answer = _update(web, text, writer, **parameters)
        statuses[answer.status_code] += 1
        assert answer.status_code in ((204, 400, 403) if writer in TENANTS else (401, 403)), (text, answer.data)
        after = {tenant: _contents(web, tenant) for tenant in TENANTS}
        assert _knowledge(web) == knowledge
        for tenant in TENANTS:
            if tenant != writer:
                assert after[tenant] == before[tenant], text
                assert SECRET[tenant].encode() not in answer.data
                assert SECRET[tenant].encode() not in b"".join(after.get(writer, {}).values()), text
        if answer.status_code != 204:
            assert after == before, text

    holds()
    # The law holds of updates that were carried out, not only of those that were refused.
    assert min(statuses[204], statuses[403]) > 20


def _knowledge(web: FlaskClient) -> list[str]:
    return _unordered(_query(web, "SELECT * { GRAPH ?g { ?s ?p ?o } FILTER(!isBlank(?o)) }", ""))


def _unordered(answer: TestResponse) -> list[str]:
    """What an answer says, whatever the order of its rows or triples."""
    content = answer.get_data(as_text=True)
    if answer.mimetype == "application/sparql-results+json":
        results = json.loads(content)
        return sorted(json.dumps(row, sort_keys=True) for row in results.get("results", {}).get("bindings", [results]))
    return sorted(content.split())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    graph=st.sampled_from(ALL_GRAPHS),
    method=st.sampled_from(["PUT", "POST", "DELETE"]),
    writer=st.sampled_from([*TENANTS, "", "reader"]),
    is_direct=st.booleans(),
)
def test_the_graph_store_writes_only_what_is_the_callers(
    graph: str, method: str, writer: str, is_direct: bool, web: FlaskClient
) -> None:
    _reset(web)
    before = {tenant: _contents(web, tenant) for tenant in TENANTS}
    path = graph.removeprefix("https://w3id.org") if is_direct else f"/sparql/graphs?graph={quote(graph, safe='')}"
    if path.startswith("http"):
        return
    content = b"<urn:s> <urn:p> <urn:o> ."
    answer = web.open(path, method=method, data=content, content_type="text/turtle", headers=_as(writer))
    own = writer in TENANTS and graph.startswith(f"{USER_NAMESPACE}{writer}/")
    assert answer.status_code in ((201, 204, 404) if own else (401, 403)), answer.data
    after = {tenant: _contents(web, tenant) for tenant in TENANTS}
    for tenant in TENANTS:
        if tenant != writer or not own:
            assert after[tenant] == before[tenant]


@pytest.mark.parametrize("reader", ["alpha", "", "reader"])
def test_the_graph_of_another_is_one_that_does_not_exist(reader: str, web: FlaskClient) -> None:
    there = web.get("/sparql/graphs", query_string={"graph": GRAPHS["beta"][0]}, headers=_as(reader))
    nowhere = web.get("/sparql/graphs", query_string={"graph": f"{USER_NAMESPACE}beta/nowhere"}, headers=_as(reader))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert there.data.replace(b"notes", b"nowhere") == nowhere.data


@pytest.mark.parametrize("reader", ["alpha", "", "reader"])
def test_descriptions_show_nothing_of_another(reader: str, web: FlaskClient) -> None:
    for path in ("/sparql", "/.well-known/void"):
        answer = web.get(path, headers={**_as(reader), "Accept": "application/n-triples"})
        assert answer.status_code == 200
        assert b"/user/beta" not in answer.data
        assert (b"/user/alpha" in answer.data) == (path == "/sparql" and reader == "alpha")


def test_knowledge_is_changed_by_a_release(web: FlaskClient) -> None:
    update = _update(web, f"DROP GRAPH <{ASSERTED}>", "alpha")
    put = web.put("/lumbarkg/graph/asserted", data=b"", content_type="text/turtle", headers=_as("alpha"))
    anybody = web.put("/lumbarkg/graph/asserted", data=b"", content_type="text/turtle")
    for answer in (update, put, anybody):
        assert answer.status_code == 403
        assert "make release" in answer.get_json(force=True)["issues"][0]["remedy"]


def test_a_write_is_seen_by_every_later_query(web: FlaskClient) -> None:
    """Whichever worker answers: they are fed by revision."""
    graph = f"{USER_NAMESPACE}alpha/revisions"
    for number in range(12):
        text = f"CLEAR SILENT GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{ <urn:n> <urn:is> {number} }} }}"
        assert _update(web, text, "alpha").status_code == 204
        for _ in range(3):
            answer = _query(web, f"SELECT ?n {{ GRAPH <{graph}> {{ ?s ?p ?n }} }}", "alpha")
            assert [b["n"]["value"] for b in json.loads(answer.data)["results"]["bindings"]] == [str(number)]
    assert web.delete("/sparql/graphs", query_string={"graph": graph}, headers=_as("alpha")).status_code == 204


def test_scopes(web: FlaskClient) -> None:
    assert _query(web, "ASK {}", "reader").status_code == 200
    assert _query(web, "ASK {}", "idle").status_code == 403
    assert _query(web, "ASK {}", "stranger").status_code == 401
    insert = f"INSERT DATA {{ GRAPH <{USER_NAMESPACE}reader/x> {{ <urn:a> <urn:b> <urn:c> }} }}"
    assert _update(web, insert, "reader").status_code == 403
    anybody = _update(web, insert, "")
    assert anybody.status_code == 401
    assert anybody.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_tenant_is_limited_in_space(web: FlaskClient) -> None:
    graph = f"{USER_NAMESPACE}alpha/large"
    before = _contents(web, "alpha")
    triples = b"".join(b'<urn:s> <urn:p> "%s%d" .\n' % (b"x" * 900, n) for n in range(1000))
    statuses = set()
    for number in range(20):
        where = {"graph": f"{graph}{number}"}
        answer = web.put(
            "/sparql/graphs", query_string=where, data=triples, content_type="text/turtle", headers=_as("alpha")
        )
        statuses.add(answer.status_code)
    assert statuses == {201, 400}
    other = {"graph": f"{USER_NAMESPACE}beta/large"}
    of_another = web.put(
        "/sparql/graphs", query_string=other, data=triples, content_type="text/turtle", headers=_as("beta")
    )
    assert of_another.status_code == 201
    assert web.delete("/sparql/graphs", query_string=other, headers=_as("beta")).status_code == 204
    for number in range(20):
        web.delete("/sparql/graphs", query_string={"graph": f"{graph}{number}"}, headers=_as("alpha"))
    assert _contents(web, "alpha") == before


def test_no_named_query_answers_from_a_tenants_graph(web: FlaskClient) -> None:
    """They are about the knowledge: what a tenant wrote of the same terms is not in them, even for that tenant."""
    _reset(web)
    term = f"{LKG}Deadlift"
    for tenant in TENANTS:
        stated = f'<{term}> <http://www.w3.org/2000/01/rdf-schema#label> "{SECRET[tenant]}"@en ; <urn:says> <{term}> .'
        assert _update(web, f"INSERT DATA {{ GRAPH <{GRAPHS[tenant][0]}> {{ {stated} }} }}", tenant).status_code == 204
    own = _query(web, f"SELECT ?l {{ GRAPH ?g {{ <{term}> ?p ?l }} }}", "alpha").get_data(as_text=True)
    assert SECRET["alpha"] in own
    names = [found["name"] for found in web.get("/api/v1/queries").get_json()["queries"]]
    assert len(names) > 70
    for name in names:
        for tenant in ("", *TENANTS):
            answer = web.get(f"/api/v1/queries/{name}", headers=_as(tenant))
            assert answer.status_code < 500
            text = answer.get_data(as_text=True)
            assert not any(secret in text for secret in SECRET.values()), (name, tenant)
            assert USER_NAMESPACE not in text, (name, tenant)
