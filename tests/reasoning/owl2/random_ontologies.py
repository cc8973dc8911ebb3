"""Small ontologies of the profile, drawn at random, and their triples: many of them in one run of HermiT.

Each ontology's names carry its number, so that several together say of each what it says alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from random import Random

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.owl import (
    NOTHING,
    THING,
    And,
    Axiom,
    DisjointClasses,
    EquivalentClasses,
    Expression,
    Facet,
    Interval,
    Named,
    Or,
    PropertyDomain,
    PropertyRange,
    Some,
    SubClassOf,
    SubPropertyOf,
)
from lumbarkg.rdf.terms import BNode, Subject, Term, Triple, decimal_literal

# None of these is covered by others together but not by one: that would need reasoning by cases.
INTERVALS = tuple(Interval(Decimal(low), Decimal(high)) for low, high in ((0, 100), (10, 50), (20, 30), (60, 70)))


@dataclass(frozen=True)
class Drawn:
    """An ontology: its axioms, its names, and the classes that are defined with a union."""

    axioms: tuple[Axiom, ...]
    classes: tuple[Iri, ...]
    properties: tuple[Iri, ...]
    number: Iri
    by_cases: frozenset[Iri]


def draw_ontology(index: int, seed: int) -> Drawn:
    """The ontology of an index; equal index and seed give equal ontologies."""
    return _Draw(index, Random(f"{seed} ontology {index}")).ontology()  # noqa: S311 - repeatable, no secret


class _Draw:
    def __init__(self, index: int, rng: Random) -> None:
        self.rng = rng
        base = f"urn:drawn:{index}:"
        self.primitive = [Iri(f"{base}C{i}") for i in range(rng.randint(4, 7))]
        self.defined = [Iri(f"{base}D{i}") for i in range(3)]
        self.roles = [Iri(f"{base}r{i}") for i in range(rng.randint(2, 4))]
        self.number = Iri(f"{base}n")
        self.asserted = Iri(f"{base}F")

    def ontology(self) -> Drawn:
        kinds = self.rng.choices(
            (self.inclusion, self.disjointness, self.role_axiom), (8, 1, 4), k=self.rng.randint(6, 14)
        )
        axioms = [draw() for draw in kinds]
        axioms += self.ranges([a for a in axioms if isinstance(a, SubPropertyOf)])
        if self.rng.random() < 0.5:
            facet = Facet(self.number, self.rng.choice(INTERVALS))
            axioms.append(EquivalentClasses(Named(self.asserted), And((self.name(), facet))))
            axioms.append(SubClassOf(self.name(), Some(self.rng.choice(self.roles), Named(self.asserted))))
        by_cases = set()
        for cls in self.defined:
            parts = [self.left(2)]
            if self.rng.random() < 0.5:
                parts.append(Or((self.left(1), self.left(1))))
                by_cases.add(cls)
            if self.rng.random() < 0.5:
                parts.append(self.with_facet())
            axioms.append(EquivalentClasses(Named(cls), parts[0] if len(parts) == 1 else And(tuple(parts))))
        names = (*self.primitive, *self.defined, self.asserted)
        return Drawn(tuple(dict.fromkeys(axioms)), names, tuple(self.roles), self.number, frozenset(by_cases))

    def name(self) -> Named:
        return Named(self.rng.choice(self.primitive))

    def with_facet(self) -> Expression:
        facet = Facet(self.number, self.rng.choice(INTERVALS))
        return facet if self.rng.random() < 0.5 else Some(self.rng.choice(self.roles), facet)

    def inclusion(self) -> Axiom:
        sup = NOTHING if self.rng.random() < 0.05 else self.left(2)
        return SubClassOf(self.left(2), sup)

    def left(self, depth: int) -> Expression:
        """An expression of EL."""
        kind = self.rng.random()
        if depth == 0 or kind < 0.4:
            return self.name()
        if kind < 0.75:
            filler = THING if self.rng.random() < 0.1 else self.left(depth - 1)
            return Some(self.rng.choice(self.roles), filler)
        return And((self.left(depth - 1), self.left(depth - 1)))

    def disjointness(self) -> Axiom:
        first, second = self.rng.sample(self.primitive, 2)
        other = Named(second) if self.rng.random() < 0.5 else Some(self.rng.choice(self.roles), Named(second))
        return DisjointClasses((Named(first), other))

    def role_axiom(self) -> Axiom:
        """An axiom about properties; a chain or an inclusion leads to a later property, so that chains are regular."""
        first, second = sorted(self.rng.sample(range(len(self.roles)), 2))
        low, high = self.roles[first], self.roles[second]
        any_low = self.roles[self.rng.randint(0, second - 1)]
        return self.rng.choice(
            (
                SubPropertyOf((low,), high),
                SubPropertyOf((high, high), high),
                SubPropertyOf((low, any_low), high),
                SubPropertyOf((high, low), high),
                SubPropertyOf((low, high), high),
                PropertyDomain(low, self.left(1)),
            )
        )

    def ranges(self, inclusions: list[SubPropertyOf]) -> list[Axiom]:
        """Ranges that keep EL's restriction: of properties that no chain leads to, directly or not."""
        led_to = {a.sup for a in inclusions if len(a.chain) > 1}
        for _ in self.roles:
            led_to |= {a.sup for a in inclusions if a.chain[0] in led_to}
        free = [role for role in self.roles if role not in led_to]
        return [PropertyRange(role, self.left(1)) for role in free if self.rng.random() < 0.4]


# ------------------------------------------------------------ triples


def triples_of(drawn: Drawn) -> list[Triple]:
    """The ontology as RDF."""
    return _Writer(f"n{drawn.number.split(':')[2]}x").ontology(drawn)


class _Writer:
    def __init__(self, prefix: str) -> None:
        self.prefix, self.numbers = prefix, count()
        self.triples: list[Triple] = []

    def ontology(self, drawn: Drawn) -> list[Triple]:
        self.triples += [Triple(c, v.RDF_TYPE, v.OWL_CLASS) for c in drawn.classes]
        self.triples += [Triple(p, v.RDF_TYPE, v.OWL_OBJECT_PROPERTY) for p in drawn.properties]
        self.triples.append(Triple(drawn.number, v.RDF_TYPE, v.OWL_DATATYPE_PROPERTY))
        for axiom in drawn.axioms:
            self.axiom(axiom)
        return self.triples

    def node(self) -> BNode:
        return BNode(f"{self.prefix}{next(self.numbers)}")

    def say(self, subject: Subject, predicate: Iri, target: Term) -> None:
        self.triples.append(Triple(subject, predicate, target))

    def axiom(self, axiom: Axiom) -> None:
        if isinstance(axiom, SubClassOf):
            self.say(self.expression(axiom.sub), v.RDFS_SUBCLASS_OF, self.expression(axiom.sup))
        elif isinstance(axiom, EquivalentClasses):
            self.say(axiom.named.iri, v.OWL_EQUIVALENT_CLASS, self.expression(axiom.definition))
        elif isinstance(axiom, DisjointClasses):
            first, second = axiom.members
            self.say(self.expression(first), v.OWL_DISJOINT_WITH, self.expression(second))
        elif isinstance(axiom, SubPropertyOf) and len(axiom.chain) == 1:
            self.say(axiom.chain[0], v.RDFS_SUBPROPERTY_OF, axiom.sup)
        elif isinstance(axiom, SubPropertyOf):
            self.say(axiom.sup, v.OWL_PROPERTY_CHAIN_AXIOM, self.list(axiom.chain))
        elif isinstance(axiom, PropertyDomain):
            self.say(axiom.property, v.RDFS_DOMAIN, self.expression(axiom.domain))
        elif isinstance(axiom, PropertyRange):
            self.say(axiom.property, v.RDFS_RANGE, self.expression(axiom.range))

    def expression(self, expression: Expression) -> Subject:
        if isinstance(expression, Named):
            return expression.iri
        node = self.node()
        if isinstance(expression, And | Or):
            constructor = v.OWL_INTERSECTION_OF if isinstance(expression, And) else v.OWL_UNION_OF
            self.say(node, v.RDF_TYPE, v.OWL_CLASS)
            self.say(node, constructor, self.list(tuple(self.expression(o) for o in expression.operands)))
            return node
        assert isinstance(expression, Some | Facet)
        self.say(node, v.RDF_TYPE, v.OWL_RESTRICTION)
        self.say(node, v.OWL_ON_PROPERTY, expression.property)
        filler = self.interval(expression.interval) if isinstance(expression, Facet) else None
        self.say(node, v.OWL_SOME_VALUES_FROM, filler or self.expression(expression.filler))  # type: ignore[union-attr]
        return node

    def interval(self, interval: Interval) -> BNode:
        node, low, high = self.node(), self.node(), self.node()
        assert interval.low is not None
        assert interval.high is not None
        self.say(low, v.XSD_MIN_INCLUSIVE, decimal_literal(interval.low))
        self.say(high, v.XSD_MAX_INCLUSIVE, decimal_literal(interval.high))
        self.say(node, v.RDF_TYPE, v.RDFS_DATATYPE)
        self.say(node, v.OWL_ON_DATATYPE, v.XSD_DECIMAL)
        self.say(node, v.OWL_WITH_RESTRICTIONS, self.list((low, high)))
        return node

    def list(self, members: tuple[Subject, ...]) -> BNode:
        cells = [self.node() for _ in members]
        for cell, rest, member in zip(cells, [*cells[1:], v.RDF_NIL], members, strict=True):
            self.say(cell, v.RDF_FIRST, member)
            self.say(cell, v.RDF_REST, rest)
        return cells[0]
