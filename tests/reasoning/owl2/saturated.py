"""Axioms, saturated: what the conformance tests and the drawn ontologies ask of the reasoner, and nothing more.

An expression is asked about through a fresh name: ``X ⊑ expression`` on the left, ``expression ⊑ Y`` on the right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lumbarkg.identifiers import Iri
from lumbarkg.ontology.owl import (
    THING,
    And,
    Axiom,
    DisjointClasses,
    EquivalentClasses,
    Expression,
    Named,
    PropertyDomain,
    PropertyRange,
    Some,
    SubClassOf,
    SubPropertyOf,
    expressions_of,
    subexpressions,
)
from lumbarkg.reasoning.normalise import BOTTOM, normalise
from lumbarkg.reasoning.saturate import Saturation, no_context


@dataclass(frozen=True)
class Saturated:
    """``superclasses``: class → its named superclasses. ``unsatisfiable``: the classes that can have no instance."""

    consistent: bool
    superclasses: dict[Iri, frozenset[Iri]]
    unsatisfiable: frozenset[Iri]


def saturate(axioms: Sequence[Axiom], classes: Iterable[Iri], data_properties: frozenset[Iri]) -> Saturated:
    """Saturate axioms; the one place here that knows the engine's own functions."""
    names = frozenset(classes)
    rules = normalise((*axioms, SubClassOf(THING, THING)), names, data_properties)
    saturation = Saturation(rules, no_context)
    contexts = {name: saturation.context((rules.concepts[Named(name)], None)) for name in (*names, THING.iri)}
    saturation.run()
    return Saturated(
        consistent=BOTTOM not in contexts[THING.iri].subsumers,
        superclasses={
            name: frozenset(n for c in contexts[name].subsumers if (n := rules.names[c]) in names) for name in names
        },
        unsatisfiable=frozenset(name for name in names if BOTTOM in contexts[name].subsumers),
    )


@dataclass(frozen=True)
class Question:
    """Axioms with fresh names that put a conclusion to the reasoner: ``sub`` must lie under ``sup``."""

    axioms: tuple[Axiom, ...]
    sub: Iri
    sup: Iri | None
    """None: ``sub`` must be unsatisfiable."""


def questions(conclusion: Axiom, number: int) -> tuple[Question, ...]:
    """What must hold so that an axiom follows; ``number`` keeps the fresh names of several conclusions apart."""
    fresh = [Iri(f"urn:fresh:{number}:{i}") for i in range(12)]
    sub, sup = fresh[0], fresh[1]
    if isinstance(conclusion, SubClassOf):
        return (_inclusion(conclusion.sub, conclusion.sup, sub, sup),)
    if isinstance(conclusion, EquivalentClasses):
        return (
            _inclusion(conclusion.named, conclusion.definition, sub, sup),
            _inclusion(conclusion.definition, conclusion.named, fresh[2], fresh[3]),
        )
    if isinstance(conclusion, DisjointClasses):
        pairs = [(a, b) for i, a in enumerate(conclusion.members) for b in conclusion.members[i + 1 :]]
        return tuple(
            Question((SubClassOf(Named(fresh[i]), And((a, b))),), fresh[i], None) for i, (a, b) in enumerate(pairs)
        )
    if isinstance(conclusion, SubPropertyOf):
        steps = tuple(
            SubClassOf(Named(fresh[i + 1]), Some(prop, Named(fresh[i + 2]))) for i, prop in enumerate(conclusion.chain)
        )
        end = Named(fresh[len(conclusion.chain) + 1])
        return (Question((*steps, SubClassOf(Some(conclusion.sup, end), Named(fresh[0]))), fresh[1], fresh[0]),)
    if isinstance(conclusion, PropertyDomain):
        return (_inclusion(Some(conclusion.property, THING), conclusion.domain, sub, sup),)
    if isinstance(conclusion, PropertyRange):
        some = Some(conclusion.property, THING)
        return (_inclusion(some, Some(conclusion.property, conclusion.range), sub, sup),)
    raise AssertionError(f"no question for {conclusion}")


def _inclusion(sub: Expression, sup: Expression, left: Iri, right: Iri) -> Question:
    return Question((SubClassOf(Named(left), sub), SubClassOf(sup, Named(right))), left, right)


def entails(axioms: Sequence[Axiom], conclusion: Axiom, data_properties: frozenset[Iri], number: int = 0) -> bool:
    """Whether the axioms entail another one."""
    asked = questions(conclusion, number)
    together = [*axioms, *(axiom for question in asked for axiom in question.axioms)]
    found = saturate(together, names_in(together), data_properties)
    return all(
        question.sub in found.unsatisfiable
        or (question.sup is not None and question.sup in found.superclasses[question.sub])
        for question in asked
    )


def names_in(axioms: Iterable[Axiom]) -> frozenset[Iri]:
    """The named classes that axioms mention."""
    parts = (p for axiom in axioms for e in expressions_of(axiom) for p in subexpressions(e))
    return frozenset(part.iri for part in parts if isinstance(part, Named))
