"""The concise bounded description of a named thing, and the names of what it mentions.

Its own triples, the blank-node trees below them, the annotations on its axioms; then type and label of every named
thing in these, so that the answer reads on its own and an OWL tool knows which property is of which kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.terms import BNode, Graph, Subject, Triple

_STANDARDS = (v.RDF, v.RDFS, v.OWL, v.XSD)


class Describer:
    """Describes the named things of one graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._annotated: dict[object, list[Subject]] = defaultdict(list)
        for triple in graph.with_predicate(v.OWL_ANNOTATED_SOURCE):
            self._annotated[triple.object].append(triple.subject)

    def describe(self, iri: Iri) -> list[Triple]:
        """The description of a thing; empty where the graph says nothing of it."""
        found: dict[Triple, None] = {}
        done: set[Subject] = set()
        waiting: list[Subject] = [*reversed(self._annotated.get(iri, ())), iri]
        while waiting:
            subject = waiting.pop()
            if subject in done:
                continue
            done.add(subject)
            for triple in self._about(subject):
                found[triple] = None
                if isinstance(triple.object, BNode):
                    waiting.append(triple.object)
        return [*found, *self._names(found, iri)]

    def _about(self, subject: Subject) -> list[Triple]:
        return [Triple(subject, p, o) for p, objects in self._graph.predicates(subject).items() for o in objects]

    def _names(self, triples: Iterable[Triple], itself: Iri) -> list[Triple]:
        mentioned = {
            term
            for triple in triples
            for term in triple
            if isinstance(term, Iri) and term != itself and not term.startswith(_STANDARDS)
        }
        return [
            Triple(iri, prop, value)
            for iri in sorted(mentioned)
            for prop in (v.RDF_TYPE, v.RDFS_LABEL)
            for value in self._graph.objects(iri, prop)
        ]
