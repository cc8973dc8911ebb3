"""What a case may state: findings, qualifiers, numbers, exposures and sex, all read from the ontology."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property, lru_cache

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import FIELD_OF_PROPERTY
from lumbarkg.intake.lookup import TermLookup
from lumbarkg.ontology.owl import (
    And,
    EquivalentClasses,
    Expression,
    Facet,
    Interval,
    Named,
    Or,
    PropertyDomain,
    PropertyRange,
    Some,
    SubPropertyOf,
    subexpressions,
)
from lumbarkg.ontology.terms import Terms
from lumbarkg.reasoning.horn import Node
from lumbarkg.reasoning.knowledge import Expression as Stated
from lumbarkg.reasoning.knowledge import Knowledge

SINGLE = frozenset({v.HAS_LATERALITY, v.HAS_COURSE, v.OF_EXERCISE})
"""Properties of which a finding or an exposure states one value at most, as the shapes demand."""

DENIABLE = (v.LOCATED_IN, v.HAS_LATERALITY, v.RADIATES_TO)
"""Qualifiers that a denied finding may carry."""

_BOUNDS: dict[Iri, Interval] = {
    v.SEVERITY_SCORE: Interval(Decimal(0), Decimal(10)),
    v.AGE_YEARS: Interval(Decimal(0), Decimal(120)),
}
_NOT_NEGATIVE = Interval(Decimal(0), Decimal(100_000))
_STEPS = (Decimal("0.01"), Decimal(1))
_ROLE_TO = {v.FINDING: v.HAS_FINDING, v.EXPOSURE: v.HAS_EXPOSURE}


class Choices:
    """Everything that a drawn case can be made of, in a fixed order, so that a seed gives the same cases anywhere."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._lookup = TermLookup(knowledge, Terms(knowledge.ontology))
        axioms = knowledge.ontology.axioms
        self.definitions = {a.named.iri: a.definition for a in axioms if isinstance(a, EquivalentClasses)}
        self._domains = {a.property: a.domain for a in axioms if isinstance(a, PropertyDomain)}
        self._ranges = {a.property: a.range for a in axioms if isinstance(a, PropertyRange)}
        self.chained = frozenset(a.sup for a in axioms if isinstance(a, SubPropertyOf) and len(a.chain) > 1)
        self.denied = {cls: finding for finding, cls in sorted(knowledge.denials.items())}
        self.findings = self.assertable(v.FINDING)
        self.sexes = tuple(c for c in self.assertable(v.SEX) if c != v.SEX)
        self.exposure_types = tuple(c for c in self.assertable(v.EXPOSURE) if c != v.EXPOSURE)
        self.satisfying = lru_cache(maxsize=None)(self._satisfying)
        self.neighbours = lru_cache(maxsize=None)(self._neighbours)

    def assertable(self, root: Iri) -> tuple[Iri, ...]:
        """The classes under a root that a case may state, sorted."""
        return tuple(sorted(self._lookup.assertable(root)))

    def may_state(self, finding: Iri) -> bool:
        """Whether a case may state this class as a finding."""
        return finding in self._finding_set

    @cached_property
    def _finding_set(self) -> frozenset[Iri]:
        return frozenset(self.findings)

    def below(self, finding: Iri) -> tuple[Iri, ...]:
        """The proper subclasses of a finding that a case may state, sorted."""
        return self._stateable(self.knowledge.subclasses(finding) - self.knowledge.equivalents(finding))

    def above(self, finding: Iri) -> tuple[Iri, ...]:
        """The proper superclasses of a finding, below the root of findings, that a case may state, sorted."""
        above = self.knowledge.superclasses(finding) - self.knowledge.superclasses(v.FINDING)
        return self._stateable(above - self.knowledge.equivalents(finding))

    def beside(self, finding: Iri) -> tuple[Iri, ...]:
        """Findings near the one given that do not lie under it, sorted; any finding where there are none."""
        knowledge, above = self.knowledge, self.above(finding)
        near = {*above, *(s for a in above for s in knowledge.direct_subclasses(a))}
        return self._stateable(near - knowledge.subclasses(finding)) or self.findings

    def _stateable(self, findings: Iterable[Iri]) -> tuple[Iri, ...]:
        return tuple(sorted(f for f in findings if self.may_state(f)))

    # ------------------------------------------------------------ properties

    @cached_property
    def qualifiers(self) -> dict[Iri, dict[Iri, tuple[Iri, ...]]]:
        """FINDING and EXPOSURE → property → the classes that its values may have."""
        found: dict[Iri, dict[Iri, tuple[Iri, ...]]] = {root: {} for root in _ROLE_TO}
        for prop in sorted(self.knowledge.ontology.object_properties & FIELD_OF_PROPERTY.keys()):
            domain, values = self._domains.get(prop), self._ranges.get(prop)
            if isinstance(domain, Named) and domain.iri in found and isinstance(values, Named):
                found[domain.iri][prop] = self.assertable(values.iri)
        return found

    @cached_property
    def quantities(self) -> dict[Iri, tuple[Iri, ...]]:
        """FINDING and EXPOSURE → the numbers that it may state."""
        stated = sorted(self.knowledge.ontology.data_properties & FIELD_OF_PROPERTY.keys())
        return {root: tuple(p for p in stated if self._domains.get(p) == Named(root)) for root in _ROLE_TO}

    @cached_property
    def ends(self) -> dict[Iri, tuple[Decimal, ...]]:
        """Number → the ends of the intervals that the ontology's definitions put it in."""
        found: dict[Iri, set[Decimal]] = defaultdict(set)
        for definition in self.definitions.values():
            for part in subexpressions(definition):
                if isinstance(part, Facet):
                    found[part.property].update(e for e in (part.interval.low, part.interval.high) if e is not None)
        return {prop: tuple(sorted(ends)) for prop, ends in found.items()}

    def numbers_near(self, prop: Iri, ends: tuple[Decimal, ...] = ()) -> tuple[Decimal, ...]:
        """Numbers that a case may state at the ends given, else at all of the ontology's, or just beside one."""
        allowed = _BOUNDS.get(prop, _NOT_NEGATIVE)
        near = {
            n
            for e in ends or self.ends.get(prop, (Decimal(1),))
            for n in (e, *(e + s for s in _STEPS), *(e - s for s in _STEPS))
        }
        return tuple(sorted(n for n in near if n in allowed))

    # ------------------------------------------------------------ fillers

    def _satisfying(self, prop: Iri, filler: Expression) -> tuple[Iri, ...]:
        """The classes that, stated as a value of the property, are entailed to make it reach the filler."""
        root, values = self._values(prop)
        return tuple(c for c in values if self.satisfies(self._with_value(root, prop, c), Some(prop, filler)))

    def _neighbours(self, prop: Iri, filler: Expression) -> tuple[Iri, ...]:
        """Values that come near the filler and do not reach it: above, beside, and what its values are linked to."""
        knowledge = self.knowledge
        _, values = self._values(prop)
        reaching = self.satisfying(prop, filler)
        above = {s for c in reaching for s in knowledge.superclasses(c)}
        beside = {s for a in above for s in knowledge.direct_subclasses(a)}
        linked = {
            name
            for c in reaching
            if (node := knowledge.node(c)) is not None
            for targets in node.links.values()
            for target in targets
            for name in knowledge.named(target)
        }
        near = (above | beside | linked) - set(reaching)
        return tuple(c for c in values if c in near) or tuple(c for c in values if c not in reaching)

    def _values(self, prop: Iri) -> tuple[Iri, tuple[Iri, ...]]:
        for root, properties in self.qualifiers.items():
            if prop in properties:
                return root, properties[prop]
        return v.FINDING, ()

    def _with_value(self, root: Iri, prop: Iri, value: Iri) -> Node:
        return self.knowledge.branch(Stated((root,), ((prop, value),)), _ROLE_TO[root]).node

    def satisfies(self, node: Node, expression: Expression) -> bool:
        """Whether a node is entailed to fall under an expression of classes, links and unions."""
        if isinstance(expression, Named):
            return bool(node.bits & self.knowledge.program.bit(self.knowledge.known(expression.iri)))
        if isinstance(expression, And):
            return all(self.satisfies(node, o) for o in expression.operands)
        if isinstance(expression, Or):
            return any(self.satisfies(node, o) for o in expression.operands)
        if isinstance(expression, Some):
            role = self.knowledge.rules.roles.get(expression.property)
            targets = node.links.get(role, ()) if role is not None else ()
            return any(self.satisfies(t, expression.filler) for t in targets)
        return False
