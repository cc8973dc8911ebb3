"""What the release says of each thing, as triples: the facts that a resource, a named query and SPARQL all give.

The facts of a thing are

- its own statements with a literal or a named thing as object (OWL's own constructs left out),
- ``rdfs:subClassOf`` to every entailed superclass, and from every entailed subclass,
- every entailed relation from it and to it, as in the graph ``relations``,
- its mappings, and every statement that points at it (rows of evidence, claims, rules).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.sssom import Mapping
from lumbarkg.ontology.terms import Terms
from lumbarkg.rdf.terms import Graph, Literal
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.relations import relation_triples

_CONSTRUCTS = (v.OWL, v.RDF)
_KEPT = (v.OWL_DEPRECATED,)
_DROPPED = (v.RDFS_SUBCLASS_OF, v.RDFS_SUBPROPERTY_OF, v.RDFS_DOMAIN, v.RDFS_RANGE)


def is_fact(predicate: Iri) -> bool:
    """Whether statements with a predicate are facts of a thing, and not how OWL writes axioms."""
    return predicate in _KEPT or not (predicate in _DROPPED or predicate.startswith(_CONSTRUCTS))


@dataclass(frozen=True)
class OwnFacts:
    """The types and literals of one thing."""

    types: tuple[Iri, ...]
    literals: dict[Iri, tuple[Literal, ...]]


@dataclass(frozen=True)
class Facts(OwnFacts):
    """The facts of one thing: predicate → objects or subjects, each sorted."""

    parents: tuple[Iri, ...]
    ancestors: tuple[Iri, ...]
    children: tuple[Iri, ...]
    descendants: tuple[Iri, ...]
    relations: dict[Iri, tuple[Iri, ...]]
    incoming: dict[Iri, tuple[Iri, ...]]


class FactIndex:
    """The facts of every thing of a release; the indexes are made at their first use."""

    def __init__(self, knowledge: Knowledge, terms: Terms, graph: Graph, mappings: Iterable[Mapping]) -> None:
        """``graph`` holds the ontology and the triples beside it: evidence and references."""
        self.knowledge, self.terms, self.graph = knowledge, terms, graph
        self._mappings: dict[Iri, list[Mapping]] = defaultdict(list)
        for mapping in mappings:
            self._mappings[mapping.subject].append(mapping)

    def read(self, iri: Iri) -> Facts:
        """The facts of a thing; all empty where the release says nothing of it."""
        knowledge = self.knowledge
        own = self.read_own(iri)
        outgoing: dict[Iri, set[Iri]] = defaultdict(set)
        for predicate, objects in self.graph.predicates(iri).items():
            if is_fact(predicate):
                outgoing[predicate].update(o for o in objects if isinstance(o, Iri))
        for predicate, target in self._outgoing.get(iri, ()):
            outgoing[predicate].add(target)
        is_class = iri in knowledge.ontology.classes
        above = knowledge.superclasses(iri) - {iri} if is_class else frozenset()
        below = knowledge.subclasses(iri) - {iri} if is_class else frozenset()
        parents = knowledge.most_specific(above) if above else frozenset()
        children = frozenset(knowledge.direct_subclasses(iri)) & below if is_class else frozenset()
        return Facts(
            types=own.types,
            literals=own.literals,
            parents=tuple(sorted(parents)),
            ancestors=tuple(sorted(above - parents)),
            children=tuple(sorted(children)),
            descendants=tuple(sorted(below - children)),
            relations=_sorted(outgoing),
            incoming=_sorted(self._incoming.get(iri, {})),
        )

    def read_own(self, iri: Iri) -> OwnFacts:
        """The types and literals of a thing alone, which a list shows."""
        return OwnFacts(
            tuple(
                sorted(
                    t
                    for t in self.graph.objects(iri, v.RDF_TYPE)
                    if isinstance(t, Iri) and not t.startswith(_CONSTRUCTS)
                )
            ),
            {
                predicate: values
                for predicate, objects in self.graph.predicates(iri).items()
                if is_fact(predicate) and (values := tuple(o for o in objects if isinstance(o, Literal)))
            },
        )

    def read_codes(self, iri: Iri) -> tuple[Mapping, ...]:
        """The mappings of a thing."""
        return tuple(self._mappings.get(iri, ()))

    def literal(self, iri: Iri, predicate: Iri, language: str = "") -> Literal | None:
        """The first value of a property in a language; in whatever language there is where it has none in that."""
        values = [o for o in self.graph.objects(iri, predicate) if isinstance(o, Literal)]
        return next((o for o in values if speaks(o, language)), values[0] if values else None)

    @cached_property
    def many_valued(self) -> frozenset[Iri]:
        """The properties that some thing has several literals of."""
        return frozenset(
            predicate
            for subject in {t.subject for t in self.graph}
            for predicate, objects in self.graph.predicates(subject).items()
            if sum(isinstance(o, Literal) for o in objects) > 1
        )

    @cached_property
    def _outgoing(self) -> dict[Iri, list[tuple[Iri, Iri]]]:
        found: dict[Iri, list[tuple[Iri, Iri]]] = defaultdict(list)
        for subject, predicate, target in self._relations:
            found[subject].append((predicate, target))
        return dict(found)

    @cached_property
    def _incoming(self) -> dict[Iri, dict[Iri, set[Iri]]]:
        found: dict[Iri, dict[Iri, set[Iri]]] = defaultdict(lambda: defaultdict(set))
        for subject, predicate, target in self._relations:
            found[target][predicate].add(subject)
        for triple in self.graph:
            if isinstance(triple.subject, Iri) and isinstance(triple.object, Iri) and is_fact(triple.predicate):
                found[triple.object][triple.predicate].add(triple.subject)
        return dict(found)

    @cached_property
    def _relations(self) -> list[tuple[Iri, Iri, Iri]]:
        return [
            (t.subject, t.predicate, t.object)
            for t in relation_triples(self.knowledge)
            if isinstance(t.subject, Iri) and isinstance(t.object, Iri)
        ]


def speaks(literal: Literal, language: str) -> bool:
    """Whether a literal is in a language: ``de`` fits ``de-CH`` too, '' fits all."""
    tag = literal.language.casefold()
    wanted = language.casefold()
    return not wanted or tag == wanted or tag.startswith(f"{wanted}-")


def _sorted(found: dict[Iri, set[Iri]]) -> dict[Iri, tuple[Iri, ...]]:
    return {predicate: tuple(sorted(iris)) for predicate, iris in sorted(found.items()) if iris}
