"""The supported profile: OWL 2 EL, and a little more inside definitions. Anything else is refused with its place."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import pairwise

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue, error
from lumbarkg.ontology.build.profile_individuals import check_individuals
from lumbarkg.ontology.build.profile_properties import check_properties, properties_of
from lumbarkg.ontology.owl import (
    And,
    Axiom,
    DisjointClasses,
    EquivalentClasses,
    Expression,
    Facet,
    Interval,
    Named,
    Not,
    Or,
    PropertyDomain,
    PropertyRange,
    Some,
    SubClassOf,
    conjuncts,
    expressions_of,
    subexpressions,
)
from lumbarkg.ontology.read import Ontology


def check_profile(ontology: Ontology) -> tuple[Issue, ...]:
    """Everything in the ontology that the reasoner is not complete for, each with what to write instead."""
    found = (
        *ontology.issues,
        *_Checker(ontology).issues(),
        *check_properties(ontology),
        *check_individuals(ontology),
    )
    return tuple(dict.fromkeys(found))


class _Checker:
    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.definitions: dict[Iri, list[Expression]] = defaultdict(list)
        self.parents: dict[Iri, set[Iri]] = defaultdict(set)
        for axiom in ontology.axioms:
            if isinstance(axiom, EquivalentClasses):
                self.definitions[axiom.named.iri].append(axiom.definition)
                for part in conjuncts(axiom.definition):
                    if isinstance(part, Named):
                        self.parents[axiom.named.iri].add(part.iri)
            elif isinstance(axiom, SubClassOf) and isinstance(axiom.sub, Named):
                for part in conjuncts(axiom.sup):
                    if isinstance(part, Named):
                        self.parents[axiom.sub.iri].add(part.iri)

    def issues(self) -> list[Issue]:
        found: list[Issue] = []
        for axiom in self.ontology.axioms:
            found += self._axiom(axiom)
        found += self._cycles()
        found += self._joint_covers()
        found += self._undeclared()
        return found

    def _ancestors(self, iri: Iri) -> set[Iri]:
        seen: set[Iri] = set()
        stack = [iri]
        while stack:
            for parent in self.parents.get(stack.pop(), ()):
                if parent not in seen:
                    seen.add(parent)
                    stack.append(parent)
        return seen

    def _axiom(self, axiom: Axiom) -> list[Issue]:
        if isinstance(axiom, EquivalentClasses):
            return self._definition(axiom)
        if isinstance(axiom, SubClassOf):
            return self._inclusion(axiom)
        if isinstance(axiom, PropertyDomain):
            return self._plain(axiom.domain, axiom.property) + self._by_cases(axiom.domain, axiom.property)
        if isinstance(axiom, PropertyRange):
            return self._plain(axiom.range, axiom.property) + self._by_cases(axiom.range, axiom.property)
        if isinstance(axiom, DisjointClasses):
            place = next((m.iri for m in axiom.members if isinstance(m, Named)), None)
            if len(set(axiom.members)) < len(axiom.members) or len(axiom.members) < 2:
                return [_issue(place, "A class is disjoint with itself.", "Write rdfs:subClassOf owl:Nothing.")]
            return [issue for member in axiom.members for issue in self._plain(member, place)]
        return []

    def _by_cases(self, expression: Expression, place: Iri | None) -> list[Issue]:
        """Classes defined with a union or a denial where something would have to be concluded from them."""
        return [
            _issue(
                place or part.iri,
                f"{part.iri} is defined with a union or denial and stands on a right-hand side.",
                "Put a primitive class there.",
            )
            for part in subexpressions(expression)
            if isinstance(part, Named) and self._is_by_cases(part.iri, frozenset())
        ]

    def _is_by_cases(self, iri: Iri, seen: frozenset[Iri]) -> bool:
        """Whether the definition of a class, or of a class that it uses, holds a union or a denial."""
        if iri in seen:
            return False  # a circle, reported as one
        return any(
            isinstance(part, Or | Not) or (isinstance(part, Named) and self._is_by_cases(part.iri, seen | {iri}))
            for definition in self.definitions.get(iri, ())
            for part in subexpressions(definition)
        )

    def _definition(self, axiom: EquivalentClasses) -> list[Issue]:
        iri, found = axiom.named.iri, []
        parts = subexpressions(axiom.definition)
        above = self._ancestors(iri)
        is_case = v.PATIENT_CASE in above
        if len(self.definitions[iri]) > 1:
            found.append(_issue(iri, "The class has two definitions.", "Keep one, or define two classes."))
        if not is_case and v.FINDING not in above:
            found += [
                _issue(iri, f"{_name(part)} stands outside a pattern or finding.", "Define a finding or a pattern.")
                for part in parts
                if isinstance(part, Or | Facet)
            ]
        found += self._complements(axiom, above)
        if not is_case:
            inner = (part for part in parts if isinstance(part, Named) and part.iri != iri)
            found += [issue for part in inner for issue in self._by_cases(part, iri)]
        elif defined := sorted(above & self.definitions.keys() - {iri}):
            found.append(
                _issue(iri, f"The pattern lies under the defined class {defined[0]}.", "Use primitive superclasses.")
            )
        return found

    def _complements(self, axiom: EquivalentClasses, above: set[Iri]) -> list[Issue]:
        """Complements that are not "asked and denied" in a clinical pattern."""
        iri, found = axiom.named.iri, []
        stated = _of_the_case(axiom.definition)
        for part in subexpressions(axiom.definition):
            if not isinstance(part, Not):
                continue
            if v.TRIAGE_PATTERN in above:
                found.append(
                    _issue(iri, "A triage rule uses a complement.", "Triage only rises: state what is present.")
                )
            elif v.CLINICAL_PATTERN not in above:
                found.append(_issue(iri, "A complement stands outside a pattern.", "Deny findings in patterns only."))
            elif not self._is_denial(part) or part not in stated:
                found.append(
                    _issue(
                        iri,
                        "A complement says something else than that a named finding was denied.",
                        "Write not (hasFinding some NamedFinding), beside what the case has; name the finding.",
                    )
                )
        return found

    def _is_denial(self, part: Not) -> bool:
        inner = part.operand
        if not (isinstance(inner, Some) and inner.property == v.HAS_FINDING and isinstance(inner.filler, Named)):
            return False
        return inner.filler.iri == v.FINDING or v.FINDING in self._ancestors(inner.filler.iri)

    def _inclusion(self, axiom: SubClassOf) -> list[Issue]:
        place = axiom.sub.iri if isinstance(axiom.sub, Named) else None
        found = self._plain(axiom.sup, place) + self._plain(axiom.sub, place)
        return found + self._by_cases(axiom.sup, place)

    def _plain(self, expression: Expression, place: Iri | None) -> list[Issue]:
        return [
            _issue(place, f"{_name(part)} stands outside a definition.", "Define a finding or a pattern with it.")
            for part in subexpressions(expression)
            if isinstance(part, Or | Not | Facet)
        ]

    def _cycles(self) -> list[Issue]:
        uses = {
            iri: {p.iri for d in ds for p in subexpressions(d) if isinstance(p, Named)}
            for iri, ds in self.definitions.items()
        }
        found = []
        for start in sorted(uses):
            stack, seen = list(uses[start]), set()
            while stack:
                iri = stack.pop()
                if iri == start:
                    found.append(
                        _issue(start, "The definition uses itself.", "Break the circle with a primitive class.")
                    )
                    break
                if iri not in seen:
                    seen.add(iri)
                    stack.extend(uses.get(iri, ()))
        return found

    def _joint_covers(self) -> list[Issue]:
        """Facets of an assertable finding that others cover only together would need reasoning by cases."""
        intervals: dict[Iri, set[Interval]] = defaultdict(set)
        asserted: list[tuple[Iri, Facet]] = []
        for iri, definitions in self.definitions.items():
            for definition in definitions:
                for part in subexpressions(definition):
                    if isinstance(part, Facet):
                        intervals[part.property].add(part.interval)
                        if v.FINDING in self._ancestors(iri):
                            asserted.append((iri, part))
        found = []
        for iri, facet in asserted:
            others = [i for i in intervals[facet.property] if not i.includes(facet.interval)]
            if _covers(others, facet.interval):
                found.append(
                    _issue(
                        iri,
                        f"Other facets of {facet.property} cover {facet.interval} only together.",
                        "Align their ends, or let one include it.",
                    )
                )
        return found

    def _undeclared(self) -> list[Issue]:
        known = self.ontology.classes | {v.OWL_THING, v.OWL_NOTHING}
        used: set[Iri] = set()
        properties: set[Iri] = set()
        for axiom in self.ontology.axioms:
            properties.update(properties_of(axiom))
            for expression in expressions_of(axiom):
                for part in subexpressions(expression):
                    if isinstance(part, Named):
                        used.add(part.iri)
                    elif isinstance(part, Some | Facet):
                        properties.add(part.property)
        found = [
            _issue(i, "The class is used and not declared.", "Declare it, or correct the name.")
            for i in sorted(used - known)
        ]
        declared = self.ontology.object_properties | self.ontology.data_properties
        return found + [
            _issue(i, "The property is used and not declared.", "Use one of core.ttl.")
            for i in sorted(properties - declared)
        ]


def _of_the_case(expression: Expression) -> tuple[Expression, ...]:
    """What a definition says of the case itself: parts that no property leads to."""
    if isinstance(expression, And | Or):
        return tuple(part for operand in expression.operands for part in _of_the_case(operand))
    return (expression,)


def _covers(intervals: list[Interval], target: Interval) -> bool:
    """Whether the union of the intervals contains the target: every end and every gap between ends is tried."""
    ends = sorted({e for i in (*intervals, target) for e in (i.low, i.high) if e is not None})
    if not ends:
        return bool(intervals)
    points = [ends[0] - 1, *ends, ends[-1] + 1]
    points += [(a + b) / Decimal(2) for a, b in pairwise(ends)]
    inside = [p for p in points if p in target]
    return bool(inside) and all(any(p in i for i in intervals) for p in inside)


def _name(part: Expression) -> str:
    return {"Or": "A union", "Not": "A complement", "Facet": "A facet"}[type(part).__name__]


def _issue(place: Iri | None, message: str, remedy: str) -> Issue:
    return error("profile", str(place or ""), message, remedy)
