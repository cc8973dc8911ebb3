"""The relation graph: every entailed ``A ⊑ ∃p.B`` between named classes, and the stated axioms behind an edge."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property, lru_cache

from lumbarkg import vocabulary as v
from lumbarkg.guidance import StatedLink
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.owl import Named, Some, SubClassOf, SubPropertyOf, conjuncts
from lumbarkg.rdf.terms import Literal, Triple
from lumbarkg.reasoning.knowledge import Knowledge

_NOWHERE: frozenset[Iri] = frozenset()


def relation_triples(knowledge: Knowledge) -> list[Triple]:
    """``A p B`` for every entailed ``A ⊑ ∃p.B`` between named classes, as in Ubergraph."""
    return [
        Triple(cls, prop, filler)
        for cls in sorted(knowledge.ontology.classes)
        for prop, fillers in sorted(knowledge.relations(cls).items())
        for filler in sorted(fillers)
    ]


class Relations:
    """The relation graph of one ontology, with what it rests on; prepared when it is first asked."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        # As many as the ontology has classes.
        self._of = lru_cache(maxsize=None)(knowledge.relations)
        self._above = lru_cache(maxsize=None)(self._nearest_first)

    @cached_property
    def _sources(self) -> dict[tuple[Iri, Iri], tuple[Iri, ...]]:
        """(property, target) → every class that is entailed to be related to it."""
        found: dict[tuple[Iri, Iri], list[Iri]] = defaultdict(list)
        for cls in sorted(self._knowledge.ontology.classes):
            for prop, fillers in self._of(cls).items():
                for filler in fillers:
                    found[prop, filler].append(cls)
        return {key: tuple(subjects) for key, subjects in found.items()}

    def targets(self, prop: Iri, subject: Iri) -> frozenset[Iri]:
        """Every class that the subject is entailed to be related to."""
        return self._of(subject).get(prop, _NOWHERE)

    def sources(self, prop: Iri, target: Iri) -> tuple[Iri, ...]:
        """Every class that is entailed to be related to the target, sorted."""
        return self._sources.get((prop, target), ())

    def holds(self, subject: Iri, prop: Iri, target: Iri) -> bool:
        """Whether ``subject ⊑ ∃prop.target`` is entailed."""
        return target in self.targets(prop, subject)

    # ------------------------------------------------------------ what an edge rests on

    @cached_property
    def _notes(self) -> dict[tuple[Iri, Iri, Iri], tuple[str, ...]]:
        """(subject, property, object) → the notes annotated on the axiom that states it."""
        graph = self._knowledge.ontology.graph
        found: dict[tuple[Iri, Iri, Iri], tuple[str, ...]] = {}
        for node in graph.instances(v.OWL_AXIOM):
            subject, target = graph.value(node, v.OWL_ANNOTATED_SOURCE), graph.value(node, v.OWL_ANNOTATED_TARGET)
            notes = tuple(o.value for o in graph.objects(node, v.NOTE) if isinstance(o, Literal))
            if not notes or not isinstance(subject, Iri) or target is None or isinstance(target, Literal):
                continue
            prop, filler = graph.value(target, v.OWL_ON_PROPERTY), graph.value(target, v.OWL_SOME_VALUES_FROM)
            if isinstance(prop, Iri) and isinstance(filler, Iri):
                found[subject, prop, filler] = notes
        return found

    @cached_property
    def _stated(self) -> dict[tuple[Iri, Iri], tuple[StatedLink, ...]]:
        """(subject, property) → the relations that editors stated on the subject itself."""
        found: dict[tuple[Iri, Iri], list[StatedLink]] = defaultdict(list)
        for axiom in self._knowledge.ontology.axioms:
            if isinstance(axiom, SubClassOf) and isinstance(axiom.sub, Named):
                for part in conjuncts(axiom.sup):
                    if isinstance(part, Some) and isinstance(part.filler, Named):
                        subject, prop, target = axiom.sub.iri, part.property, part.filler.iri
                        notes = self._notes.get((subject, prop, target), ())
                        found[subject, prop].append(StatedLink(subject, prop, target, axiom.claims, notes))
        return {key: tuple(sorted(links, key=lambda x: x.object)) for key, links in found.items()}

    @cached_property
    def _chains(self) -> dict[Iri, tuple[tuple[Iri, Iri], ...]]:
        """Property → the chains of two that imply it."""
        found: dict[Iri, list[tuple[Iri, Iri]]] = defaultdict(list)
        for axiom in self._knowledge.ontology.axioms:
            if isinstance(axiom, SubPropertyOf) and len(axiom.chain) == 2:
                found[axiom.sup].append((axiom.chain[0], axiom.chain[1]))
        return {prop: tuple(chains) for prop, chains in found.items()}

    def stated_links(self, prop: Iri, target: Iri) -> tuple[StatedLink, ...]:
        """The links to the target, or to a kind of it, that editors stated, by subject."""
        return tuple(
            link
            for (_, p), links in sorted(self._stated.items())
            if p == prop
            for link in links
            if self._knowledge.is_subclass(link.object, target)
        )

    def explain(self, subject: Iri, prop: Iri, target: Iri, longest: int = 3) -> tuple[StatedLink, ...]:
        """Stated relations that lead from the subject to the target: one, or several where chains of properties do.

        Empty where the edge is not entailed, or only a way of more than ``longest`` steps leads to it.
        """
        if longest < 1 or not self.holds(subject, prop, target):
            return ()
        direct = self._nearest(subject, prop, target)
        if direct is not None:
            return (direct,)
        found: list[tuple[StatedLink, ...]] = []
        for first, second in self._chains.get(prop, ()):
            for middle in sorted(self.targets(first, subject), key=lambda m: (-self._depth(m), m)):
                start = self._nearest(subject, first, middle)
                rest = self.explain(middle, second, target, longest - 1) if start is not None else ()
                if start is not None and rest:
                    found.append((start, *rest))
        return min(found, key=len, default=())

    def _nearest(self, subject: Iri, prop: Iri, target: Iri) -> StatedLink | None:
        """The link stated on the subject, or on the nearest class above it, to the target or a kind of it."""
        return next(
            (
                link
                for cls in self._above(subject)
                for link in self._stated.get((cls, prop), ())
                if self._knowledge.is_subclass(link.object, target)
            ),
            None,
        )

    def _nearest_first(self, cls: Iri) -> tuple[Iri, ...]:
        """The class and those above it, the most specific first."""
        return tuple(sorted(self._knowledge.superclasses(cls), key=lambda c: (-self._depth(c), c)))

    def _depth(self, cls: Iri) -> int:
        return len(self._knowledge.superclasses(cls))
