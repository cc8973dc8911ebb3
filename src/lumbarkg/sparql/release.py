"""What a release gives to those who ask in SPARQL: its graphs, its named queries, and its terms by their names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lumbarkg.assessment import Engine
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.evidence_rdf import evidence_triples
from lumbarkg.ontology.sssom import read_mappings
from lumbarkg.sparql.graphs import knowledge_graphs
from lumbarkg.sparql.library import NamedQuery, read_library
from lumbarkg.sparql.term_index import TermIndex


@dataclass(frozen=True)
class ReleaseGraphs:
    """The graphs of a release as N-Triples, and what named queries need beside them."""

    graphs: dict[Iri, bytes]
    library: dict[str, NamedQuery]
    index: TermIndex


def read_release_graphs(engine: Engine, release: Path, queries: Path) -> ReleaseGraphs:
    """Read the mappings of a release and the library, and make the graphs.

    Raises OntologyError or QueryError naming the file that cannot be used.
    """
    library = read_library(queries / "api")
    tables, prefixes = engine.ranker.tables, engine.terms.prefixes
    mappings = read_mappings(release / "mappings", prefixes)
    return ReleaseGraphs(
        knowledge_graphs(engine.knowledge, tables, mappings, library.values()),
        library,
        TermIndex(engine.knowledge, evidence_triples(tables), prefixes, mappings),
    )
