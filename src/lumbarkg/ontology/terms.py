"""The named terms of an ontology: labels, synonyms, and how a word from outside finds its term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from lumbarkg import vocabulary as v
from lumbarkg.did_you_mean import nearest
from lumbarkg.identifiers import Iri, Prefixes
from lumbarkg.ontology.read import Ontology
from lumbarkg.rdf.terms import Graph, Literal

_SUGGESTIONS = 3


@dataclass(frozen=True)
class Term:
    """A named term with its words."""

    iri: Iri
    label: str
    synonyms: tuple[str, ...]
    definition: str
    question: str


class Terms:
    """All classes, properties and individuals of one ontology by name, CURIE, IRI or exact label."""

    def __init__(self, ontology: Ontology) -> None:
        self._graph: Graph = ontology.graph
        self._classes = ontology.classes
        self.prefixes = Prefixes({**v.WELL_KNOWN_PREFIXES, **_declared_prefixes(ontology.graph)})

    def label(self, iri: Iri) -> str:
        """The label of a term, its local name where it has none."""
        return self._graph.text(iri, v.RDFS_LABEL) or Iri(iri).local_name

    def term(self, iri: Iri) -> Term:
        """A term with its words."""
        graph = self._graph
        synonyms = tuple(
            o.value
            for prop in (v.EXACT_SYNONYM, v.LAYPERSON_SYNONYM, v.RELATED_SYNONYM)
            for o in graph.objects(iri, prop)
            if isinstance(o, Literal)
        )
        return Term(iri, self.label(iri), synonyms, graph.text(iri, v.DEFINITION), graph.text(iri, v.QUESTION))

    def curie(self, iri: Iri) -> str:
        """The term's CURIE, or its IRI where no prefix fits."""
        return self.prefixes.shorten(iri)

    @cached_property
    def _by_name(self) -> dict[str, frozenset[Iri]]:
        found: dict[str, set[Iri]] = defaultdict(set)
        for iri in self._classes:
            found[iri].add(iri)
            found[iri.local_name].add(iri)
            found[self.label(iri).casefold()].add(iri)
            for prop in (v.EXACT_SYNONYM, v.LAYPERSON_SYNONYM):
                for synonym in self._graph.objects(iri, prop):
                    if isinstance(synonym, Literal):
                        found[synonym.value.casefold()].add(iri)
        return {name: frozenset(iris) for name, iris in found.items()}

    def find(self, name: str, among: frozenset[Iri]) -> Iri | None:
        """The one class that a local name, CURIE, IRI, label or exact synonym means; None where none or several fit.

        Where a name fits several classes, those in ``among`` win.
        """
        expanded = self.prefixes.expand(name)
        if expanded is not None and expanded in self._classes:
            return expanded
        candidates = self._by_name.get(name) or self._by_name.get(name.strip().casefold()) or frozenset()
        if len(candidates) > 1:
            candidates = candidates & among
        return next(iter(candidates)) if len(candidates) == 1 else None

    def suggest(self, name: str, among: Iterable[Iri]) -> tuple[Iri, ...]:
        """The classes among those given whose names or labels are nearest to a mistyped name, nearest first."""
        written = {iri: (iri.local_name, self.label(iri)) for iri in sorted(among)}
        scored: dict[Iri, float] = {}
        for position in (0, 1):
            for iri, score in nearest(name, {i: words[position] for i, words in written.items()}, _SUGGESTIONS):
                scored[iri] = max(score, scored.get(iri, 0.0))
        return tuple(sorted(scored, key=lambda iri: (-scored[iri], iri))[:_SUGGESTIONS])


def _declared_prefixes(graph: Graph) -> dict[str, str]:
    return {
        graph.text(t.subject, v.PREFERRED_PREFIX): graph.text(t.subject, v.PREFERRED_NAMESPACE)
        for t in graph.with_predicate(v.PREFERRED_PREFIX)
        if graph.text(t.subject, v.PREFERRED_NAMESPACE)
    }
