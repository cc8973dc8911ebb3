"""Which of the profile's constructors a definition, or a justification, rests on."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Justification
from lumbarkg.ontology.owl import (
    EquivalentClasses,
    Expression,
    Facet,
    Named,
    Or,
    Some,
    SubPropertyOf,
    subexpressions,
)
from lumbarkg.oracle.choices import Choices
from lumbarkg.reasoning.knowledge import Knowledge


class Constructor(Enum):
    """What a definition may use beyond intersections of named classes, and chains."""

    UNION = "union"
    FACET = "facet"
    DENIAL = "denial"
    AT_LEAST = "at-least"
    CHAIN = "chain"


def constructors_of(cls: Iri, choices: Choices) -> frozenset[Constructor]:
    """What the definition of a class uses, with the definitions that it uses itself."""
    found: set[Constructor] = set()
    for part in _unfolded(choices.definitions[cls], choices):
        if isinstance(part, Facet):
            found.add(Constructor.FACET)
        elif isinstance(part, Named) and part.iri in choices.denied:
            found.add(Constructor.DENIAL)
        elif isinstance(part, Some) and part.property in choices.chained:
            found.add(Constructor.CHAIN)
        elif isinstance(part, Or):
            found.add(_union_of(cls, choices.knowledge))
    return frozenset(found)


def constructors_in(justification: Justification, knowledge: Knowledge) -> frozenset[Constructor]:
    """What a justification rests on: a number or a denial that the case states, a union or a chain of the ontology."""
    found: set[Constructor] = set()
    for assertion in justification.assertions:
        if assertion.denied:
            found.add(Constructor.DENIAL)
        if isinstance(assertion.value, Decimal):
            found.add(Constructor.FACET)
    for number in justification.axioms:
        axiom = knowledge.ontology.axioms[number]
        if isinstance(axiom, SubPropertyOf) and len(axiom.chain) > 1:
            found.add(Constructor.CHAIN)
        if isinstance(axiom, EquivalentClasses) and any(isinstance(p, Or) for p in subexpressions(axiom.definition)):
            found.add(_union_of(axiom.named.iri, knowledge))
    return frozenset(found)


def _union_of(cls: Iri, knowledge: Knowledge) -> Constructor:
    is_counted = bool(knowledge.ontology.graph.objects(cls, v.AT_LEAST))
    return Constructor.AT_LEAST if is_counted else Constructor.UNION


def _unfolded(expression: Expression, choices: Choices) -> tuple[Expression, ...]:
    """The expression's parts and those of the definitions that it names. Definitions are acyclic."""
    parts = subexpressions(expression)
    inner = (choices.definitions[p.iri] for p in parts if isinstance(p, Named) and p.iri in choices.definitions)
    return (*parts, *(part for definition in inner for part in _unfolded(definition, choices)))
