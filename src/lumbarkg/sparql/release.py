"""What a release gives to those who ask in SPARQL: its graphs, its named queries, and its terms by their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lumbarkg.assessment import Engine
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.evidence import EvidenceTables
from lumbarkg.ontology.evidence_rdf import evidence_triples
from lumbarkg.ontology.sssom import Mapping, read_mappings
from lumbarkg.ontology.terms import Terms
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.sparql.graphs import write_graphs
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
    mappings = read_mappings(release / "mappings", engine.terms.prefixes)
    return publish_graphs(engine.knowledge, engine.terms, engine.ranker.tables, mappings, queries)


def publish_graphs(
    knowledge: Knowledge,
    terms: Terms,
    tables: EvidenceTables,
    mappings: tuple[Mapping, ...],
    queries: Path,
    feed: Callable[[Iri, bytes], None] | None = None,
) -> ReleaseGraphs:
    """Read the library and make the graphs; each is given to ``feed`` as soon as it is made.

    Raises QueryError naming the file that cannot be used.
    """
    library, rows = read_library(queries / "api"), evidence_triples(tables)
    graphs = {}
    for name, content in write_graphs(knowledge, rows, mappings, library.values()):
        graphs[name] = content
        if feed is not None:
            feed(name, content)
    return ReleaseGraphs(graphs, library, TermIndex(knowledge, rows, terms.prefixes, mappings))
