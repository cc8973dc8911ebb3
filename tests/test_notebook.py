"""The release as rdflib graphs; reading it whole is tested by the snippet of docs/clients.md."""

from __future__ import annotations

import pytest
from rdflib import RDFS, Graph, URIRef

from lumbarkg import notebook
from lumbarkg.assessment import Engine
from lumbarkg.errors import InvalidInputError
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.evidence_rdf import evidence_triples
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.vocabulary import LKG


@pytest.fixture(autouse=True)
def _two_graphs(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer triples than the release has: rdflib is slow."""
    evidence = serialise(evidence_triples(engine.ranker.tables)[:500], Syntax.N_TRIPLES, {})
    asserted = f'<{LKG}FootDrop> <{RDFS.label}> "foot drop"@en .\n'.encode()
    graphs = {Iri(f"{LKG}graph/asserted"): asserted, Iri(f"{LKG}graph/evidence"): evidence}
    monkeypatch.setattr(notebook, "_graphs", lambda: graphs)


def test_one_line_gives_the_whole() -> None:
    g = notebook.graph()
    assert isinstance(g, Graph)
    assert len(g) == 501
    assert str(g.value(URIRef(f"{LKG}FootDrop"), RDFS.label)) == "foot drop"
    assert [str(row[0]) for row in g.query("SELECT ?l { lkg:FootDrop rdfs:label ?l }")] == ["foot drop"]


def test_one_graph_by_its_name() -> None:
    assert len(notebook.graph("evidence")) == 500
    with pytest.raises(InvalidInputError, match="Did you mean 'evidence'"):
        notebook.graph("evidance")


def test_all_graphs_as_a_dataset() -> None:
    d = notebook.dataset()
    assert len(d) == 501
    text = f"SELECT ?l {{ GRAPH <{LKG}graph/asserted> {{ ?s rdfs:label ?l }} }}"
    assert [str(row[0]) for row in d.query(text)] == ["foot drop"]
    assert len(list(d.query("SELECT ?s { ?s rdfs:label ?l }"))) >= 1
