"""Ontologies with one statement taken out, to show that a query depends on what it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.evidence_rdf import evidence_triples
from lumbarkg.ontology.read import read_ontology
from lumbarkg.rdf.dataset import Dataset
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import Graph, Triple
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.sparql.documents import QueryDocument
from lumbarkg.sparql.graphs import ASSERTED, EVIDENCE, INFERRED, RELATIONS, hierarchy_triples, relation_triples

_STRUCTURAL = (v.RDFS_SUBCLASS_OF, v.OWL_EQUIVALENT_CLASS, v.OWL_PROPERTY_CHAIN_AXIOM)


def mentioned(query: QueryDocument, engine: Engine) -> set[str]:
    """The IRIs in the text and the expected rows of a query."""
    body = "\n".join(line for line in query.text.splitlines() if not line.lstrip().startswith(("#", "PREFIX")))
    found = {str(cell) for row in query.expected_rows(engine.terms.prefixes) for cell in row if cell}
    for name in re.findall(r"\b[A-Za-z]\w*:[A-Za-z_]\w*(?:\\?/\w+)*", body):
        iri = engine.terms.prefixes.expand(name.replace("\\", ""))
        if iri is not None:
            found.add(str(iri))
    return found


def candidates(query: QueryDocument, engine: Engine) -> Iterator[Triple]:
    """Statements whose loss may change the answer, the likeliest first."""
    names = mentioned(query, engine)
    everything = [*engine.knowledge.ontology.graph, *evidence_triples(engine.ranker.tables)]
    about = [t for t in everything if t.subject in names]
    yield from (t for t in about if t.predicate in _STRUCTURAL)
    yield from (t for t in everything if t.object in names and t.predicate in _STRUCTURAL and t not in about)
    yield from (t for t in about if t.predicate not in _STRUCTURAL)
    yield from (t for t in everything if str(getattr(t.object, "value", t.object)) in names and t not in about)


def without(triple: Triple, engine: Engine) -> Dataset | None:
    """The graphs of the ontology without one statement; None where it cannot be read any more."""
    asserted = Graph(t for t in engine.knowledge.ontology.graph if t != triple)
    evidence = [t for t in evidence_triples(engine.ranker.tables) if t != triple]
    try:
        knowledge = Knowledge(read_ontology(asserted))
    except (OntologyError, StopIteration):
        return None
    graphs: dict[Iri, list[Triple]] = {
        ASSERTED: list(asserted),
        INFERRED: hierarchy_triples(knowledge),
        RELATIONS: relation_triples(knowledge),
        EVIDENCE: evidence,
    }
    return Dataset({name: serialise(triples, Syntax.N_TRIPLES, {}) for name, triples in graphs.items()})
