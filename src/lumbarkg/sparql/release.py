"""What a release gives to those who ask in SPARQL: its graphs, its named queries, and its terms by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from lumbarkg.assessment import Engine
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.evidence import EvidenceTables
from lumbarkg.ontology.evidence_rdf import evidence_triples
from lumbarkg.ontology.read import Ontology
from lumbarkg.ontology.sssom import Mapping, read_mappings
from lumbarkg.ontology.terms import Terms
from lumbarkg.rdf.terms import Triple
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.sparql.graphs import ASSERTED, derived_graphs, write_graph
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
    knowledge = engine.knowledge
    mappings = read_mappings(release / "mappings", engine.terms.prefixes)
    publisher = Publisher()
    publisher.publish_axioms(knowledge.ontology)
    return publisher.publish_derived(knowledge, engine.terms, engine.ranker.tables, mappings, queries)


class Publisher:
    """Makes the graphs of a release, and gives each to ``feed`` as soon as it is made."""

    def __init__(self, feed: Callable[[Iri, bytes], None] = lambda _name, _content: None) -> None:
        self._feed = feed
        self._graphs: dict[Iri, bytes] = {}

    def publish_axioms(self, ontology: Ontology) -> None:
        """Make the graph that needs no reasoning, which is half of all."""
        self._publish(ASSERTED, ontology.graph)

    def publish_derived(
        self,
        knowledge: Knowledge,
        terms: Terms,
        tables: EvidenceTables,
        mappings: tuple[Mapping, ...],
        queries: Path,
    ) -> ReleaseGraphs:
        """Read the library and make the other graphs. Raises QueryError naming the file that cannot be used."""
        library, rows = read_library(queries / "api"), evidence_triples(tables)
        for name, triples in derived_graphs(knowledge, rows, mappings, library.values()):
            self._publish(name, triples)
        return ReleaseGraphs(self._graphs, library, TermIndex(knowledge, rows, terms.prefixes, mappings))

    def _publish(self, name: Iri, triples: Iterable[Triple]) -> None:
        content = self._graphs[name] = write_graph(triples)
        self._feed(name, content)
