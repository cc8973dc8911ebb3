"""What every store must do, run against each adapter; the remote one against a real server."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lumbarkg.assessment import Engine
from lumbarkg.errors import ForbiddenError, InvalidInputError, QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.evidence_rdf import evidence_triples
from lumbarkg.ontology.sssom import read_mappings
from lumbarkg.rdf.formats import GRAPH_MEDIA_TYPES, SOLUTION_MEDIA_TYPES
from lumbarkg.rdf.syntax import Syntax, parse
from lumbarkg.rdf.terms import Triple
from lumbarkg.resources import queries_dir, release_dir
from lumbarkg.sparql.graphs import UNION, knowledge_graphs, union_graph
from lumbarkg.sparql.library import Page, read_library
from lumbarkg.sparql.parameters import bind_parameters
from lumbarkg.sparql.term_index import TermIndex
from lumbarkg.store.port import Answer, GraphSelection, Store, WritableGraphs
from lumbarkg.store.remote import Addresses, RemoteStore, UnionGraph
from lumbarkg.store.transport import Transport

NT, TTL, JSON = "application/n-triples", "text/turtle", "application/sparql-results+json"
A, B, C = (Iri(f"https://example.org/graph/{letter}") for letter in "abc")
USER = WritableGraphs(("https://example.org/graph/",))
ONLY_A = WritableGraphs((str(A),))
BOTH = GraphSelection((A, B), (A, B))
ADAPTERS = ("embedded", "remote")


@pytest.fixture(params=ADAPTERS)
def store(request: pytest.FixtureRequest) -> Store:
    """An empty store of each kind."""
    found: Store = request.getfixturevalue(request.param)
    return found


def triple(subject: str, value: int) -> bytes:
    return f'<https://example.org/{subject}> <https://example.org/p> "{value}" .\n'.encode()


def read(answer: Answer | None) -> bytes:
    assert answer is not None
    return b"".join(answer.content)


def triples(store: Store, name: Iri) -> set[Triple]:
    answer = store.read_graph(name, (NT,))
    return set() if answer is None else set(parse(read(answer), Syntax.N_TRIPLES))


def bindings(store: Store, text: str, graphs: GraphSelection) -> list[dict[str, str]]:
    answer = store.query(text, graphs, (JSON,))
    assert answer.media_type == JSON
    rows = json.loads(read(answer))["results"]["bindings"]
    return [{name: cell["value"] for name, cell in row.items()} for row in rows]


def asked(store: Store, text: str, graphs: GraphSelection) -> bool:
    return bool(json.loads(read(store.query(text, graphs, (JSON,))))["boolean"])


def filled(store: Store) -> Store:
    """A holds 1 and 2, B holds 2 and 3 (2 stands in both), C holds 4."""
    store.replace_graph(A, triple("s1", 1) + triple("s2", 2), NT)
    store.replace_graph(B, triple("s2", 2) + triple("s3", 3), NT)
    store.replace_graph(C, triple("s4", 4), NT)
    return store


def test_a_graph_is_put_read_replaced_and_dropped(store: Store) -> None:
    assert store.read_graph(A, (NT,)) is None
    assert store.replace_graph(A, triple("s1", 1) + triple("s2", 2), NT) is True
    assert len(triples(store, A)) == 2
    assert store.replace_graph(A, triple("s3", 3), NT) is False
    assert triples(store, A) == set(parse(triple("s3", 3), Syntax.N_TRIPLES))
    assert store.drop_graph(A) is True
    assert store.drop_graph(A) is False
    assert store.read_graph(A, (NT,)) is None


def test_a_graph_is_extended(store: Store) -> None:
    assert store.extend_graph(A, triple("s1", 1), NT) is True
    assert store.extend_graph(A, triple("s2", 2), NT) is False
    assert len(triples(store, A)) == 2


def test_blank_nodes_of_two_documents_do_not_meet(store: Store) -> None:
    document = b'_:x <https://example.org/p> "1" .'
    store.replace_graph(A, document, NT)
    store.extend_graph(A, document, NT)
    assert len(triples(store, A)) == 2


def test_names_are_those_of_graphs_that_hold_something(store: Store) -> None:
    assert store.graph_names() == ()
    filled(store)
    assert store.graph_names() == (A, B, C)
    store.replace_graph(B, b"", NT)
    assert store.graph_names() == (A, C)


def test_relative_addresses_are_resolved_against_the_graph(store: Store) -> None:
    store.replace_graph(A, b"<x> <p> <../y> .", TTL)
    (only,) = triples(store, A)
    assert only == Triple(
        Iri("https://example.org/graph/x"), Iri("https://example.org/graph/p"), Iri("https://example.org/y")
    )


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"<a> <b> .", TTL),
        (b"\xff\xfe", NT),
        (b"{", "application/ld+json"),
        (triple("s", 1), "text/html"),
        (b"<https://e.org/s> <https://e.org/p> <https://e.org/o> <https://e.org/g> .", "application/n-quads"),
    ],
)
def test_a_bad_document_is_refused_and_changes_nothing(store: Store, content: bytes, media_type: str) -> None:
    store.replace_graph(A, triple("s1", 1), NT)
    before = triples(store, A)
    for write in (store.replace_graph, store.extend_graph):
        with pytest.raises(InvalidInputError) as refused:
            write(A, content, media_type)
        assert refused.value.issues
    assert triples(store, A) == before


@pytest.mark.parametrize(
    "media_type", [m for m in GRAPH_MEDIA_TYPES if m not in ("application/n-quads", "application/trig")]
)
def test_a_graph_is_read_in_every_format(store: Store, media_type: str) -> None:
    filled(store)
    answer = store.read_graph(A, (media_type,))
    assert answer is not None
    assert answer.media_type == media_type
    copy = Iri("https://example.org/graph/copy")
    store.replace_graph(copy, read(answer), media_type)
    assert triples(store, copy) == triples(store, A)


def test_the_default_graph_is_the_merge_of_those_selected(store: Store, request: pytest.FixtureRequest) -> None:
    if isinstance(store, RemoteStore):
        reason = "the Oxigraph server 0.5.13 finds a triple as often as it stands in the default graphs selected"
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    filled(store)
    rows = bindings(store, "SELECT ?o { ?s ?p ?o } ORDER BY ?o", GraphSelection((A, B), ()))
    assert [row["o"] for row in rows] == ["1", "2", "3"]
    (count,) = bindings(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", GraphSelection((A, B), ()))
    assert count == {"n": "3"}, "what stands in two graphs counts once"


def test_only_named_graphs_that_are_selected_exist(store: Store) -> None:
    filled(store)
    text = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
    assert [r["g"] for r in bindings(store, text, GraphSelection((A,), (B, C)))] == [B, C]
    assert bindings(store, text, GraphSelection((A,), ())) == []
    assert not asked(store, f"ASK {{ GRAPH <{A}> {{ ?s ?p ?o }} }}", GraphSelection((A,), (B,)))
    assert not asked(store, "ASK { ?s ?p ?o }", GraphSelection((), (A, B)))


def test_an_empty_selection_sees_nothing(store: Store) -> None:
    filled(store)
    nothing = GraphSelection((), ())
    assert not asked(store, "ASK { ?s ?p ?o }", nothing)
    assert not asked(store, "ASK { GRAPH ?g { ?s ?p ?o } }", nothing)


def test_a_graph_that_is_not_there_is_empty(store: Store) -> None:
    filled(store)
    absent = Iri("https://example.org/graph/absent")
    assert not asked(store, "ASK { ?s ?p ?o }", GraphSelection((absent,), (absent,)))


@pytest.mark.parametrize("clause", [f"FROM <{C}>", f"FROM NAMED <{C}>", f"FROM <{C}> FROM NAMED <{C}>"])
def test_from_does_not_widen_the_selection(store: Store, clause: str) -> None:
    filled(store)
    text = f"SELECT ?o {clause} WHERE {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }} ORDER BY ?o"
    assert "4" not in [row["o"] for row in bindings(store, text, GraphSelection((A,), (B,)))]


@pytest.mark.parametrize("media_type", SOLUTION_MEDIA_TYPES)
def test_a_table_comes_in_every_format(store: Store, media_type: str) -> None:
    answer = store.query("SELECT ?o { ?s ?p ?o }", BOTH, (media_type,))
    assert answer.media_type == media_type
    assert b"o" in read(answer)


@pytest.mark.parametrize("media_type", [NT, TTL, "application/rdf+xml"])
def test_a_constructed_graph_comes_in_every_format(store: Store, media_type: str) -> None:
    filled(store)
    answer = store.query("CONSTRUCT WHERE { ?s ?p ?o }", BOTH, (JSON, media_type))
    assert answer.media_type == media_type
    assert b"https://example.org/" in read(answer)


def test_the_first_type_that_fits_is_taken(store: Store) -> None:
    assert store.query("ASK { ?s ?p ?o }", BOTH, (TTL, "application/sparql-results+xml", JSON)).media_type == (
        "application/sparql-results+xml"
    )


@pytest.mark.parametrize("text", ["SELECT WHERE {", "", "SELECT ?x { ?x lkg:p ?y }", "INSERT DATA { <a:a> <a:a> 1 }"])
def test_what_is_no_query_is_refused(store: Store, text: str) -> None:
    with pytest.raises(QueryError):
        store.query(text, BOTH, (JSON,))


def test_characters_survive(store: Store) -> None:
    value = 'é😀 "quoted" \\ \u2028\n\t'
    term = json.dumps(value, ensure_ascii=False)
    store.replace_graph(A, f"<https://example.org/s> <https://example.org/p> {term} .".encode(), NT)
    (row,) = bindings(store, f"SELECT ?o {{ VALUES ?o {{ {term} }} ?s ?p ?o }}", GraphSelection((A,), ()))
    assert row["o"] == value


def test_an_update_changes_the_graphs_that_it_names(store: Store) -> None:
    filled(store)
    store.update(
        f'DELETE DATA {{ GRAPH <{A}> {{ <https://example.org/s1> <https://example.org/p> "1" }} }} ;'
        f'INSERT DATA {{ GRAPH <{B}> {{ <https://example.org/s5> <https://example.org/p> "5" }} }}',
        BOTH,
        USER,
    )
    assert len(triples(store, A)) == 1
    assert len(triples(store, B)) == 3
    assert len(triples(store, C)) == 1


def test_an_update_sees_the_graphs_selected(store: Store) -> None:
    filled(store)
    store.update(f"INSERT {{ GRAPH <{A}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{B}> {{ ?s ?p ?o }} }}", BOTH, USER)
    assert len(triples(store, A)) == 3


@pytest.mark.parametrize(
    "text",
    [
        f"COPY <{C}> TO <{B}>",
        "INSERT { GRAPH ?g { <a:a> <a:a> 1 } } WHERE { GRAPH ?g { ?s ?p ?o } }",
        "DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }",
        "CLEAR ALL",
        "DROP NAMED",
    ],
)
def test_an_update_beyond_what_may_be_written_changes_nothing(store: Store, text: str) -> None:
    filled(store)
    before = {name: triples(store, name) for name in (A, B, C)}
    with pytest.raises((ForbiddenError, QueryError)):
        store.update(text, BOTH, ONLY_A)
    assert {name: triples(store, name) for name in (A, B, C)} == before


def test_an_update_without_patterns_needs_no_graph_to_see(store: Store) -> None:
    store.update(f"INSERT DATA {{ GRAPH <{A}> {{ <a:a> <a:a> 1 }} }}", GraphSelection((), ()), USER)
    assert len(triples(store, A)) == 1


def test_an_update_that_is_no_update_is_refused(store: Store) -> None:
    with pytest.raises(QueryError):
        store.update("INSERT DATA {", BOTH, USER)


def test_many_ask_at_once(store: Store) -> None:
    filled(store)

    def ask(number: int) -> list[dict[str, str]]:
        return bindings(store, f"SELECT ?o {{ ?s ?p ?o FILTER(?o != '{number}') }}", GraphSelection((A, C), ()))

    with ThreadPoolExecutor(8) as pool:
        sizes = [len(rows) for rows in pool.map(ask, range(40))]
    assert sorted(set(sizes)) == [2, 3]
    assert sizes.count(2) == 3


def test_an_answer_may_be_left_unread(store: Store) -> None:
    store.replace_graph(A, b"".join(triple(f"s{n}", n) for n in range(5000)), NT)
    for _ in range(5):
        answer = store.query("SELECT * { ?s ?p ?o . ?t ?q ?r } LIMIT 50000", GraphSelection((A,), ()), (JSON,))
        next(answer.content)
        close = getattr(answer.content, "close", None)
        if close:
            close()
    assert asked(store, "ASK { ?s ?p ?o }", GraphSelection((A,), ()))


@pytest.mark.slow
def test_every_named_query_answers_the_same(store: Store, engine: Engine, oxigraph: Addresses) -> None:
    """The rows that the header expects are tested in tests/queries; here only that all stores agree, row for row."""
    mappings = read_mappings(release_dir() / "mappings", engine.terms.prefixes)
    library = read_library(queries_dir() / "api")
    graphs = knowledge_graphs(engine.knowledge, engine.ranker.tables, mappings, library.values())
    index = TermIndex(engine.knowledge, evidence_triples(engine.ranker.tables), engine.terms.prefixes)
    if isinstance(store, RemoteStore):
        store = RemoteStore(oxigraph, Transport(None, 20.0), UnionGraph(UNION, frozenset(graphs)))
        store.replace_graph(UNION, union_graph(graphs), NT)
        assert UNION not in store.graph_names()
    for name, content in graphs.items():
        store.replace_graph(name, content, NT)
    everything = GraphSelection(tuple(graphs), tuple(graphs))
    answers: dict[str, Any] = {}
    for query in library.values():
        text = query.bind(bind_parameters(query, query.example, index), Page(1000))
        if query.form.gives_graph:
            answers[query.name] = sorted(read(store.query(text, everything, (NT,))).splitlines())
        else:
            answers[query.name] = json.loads(read(store.query(text, everything, (JSON,))))
    assert len(answers) >= 70
    first = _ANSWERS.setdefault("first", answers)
    assert answers == first


_ANSWERS: dict[str, dict[str, Any]] = {}
"""What the first store answered."""
