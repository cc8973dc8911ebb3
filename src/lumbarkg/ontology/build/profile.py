"""The supported profile: OWL 2 EL, and a little more inside definitions. Anything else is refused with its place."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import pairwise

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue, error
from lumbarkg.ontology.owl import (
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
    SubPropertyOf,
    conjuncts,
    subexpressions,
)
from lumbarkg.ontology.read import Ontology


def check_profile(ontology: Ontology) -> tuple[Issue, ...]:
    """Everything in the ontology that the reasoner is not complete for, each with what to write instead."""
    return (*ontology.issues, *_Checker(ontology).issues())


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
        if isinstance(axiom, SubPropertyOf) and len(axiom.chain) > 1:
            return self._chain_range(axiom)
        if isinstance(axiom, PropertyDomain):
            return self._plain(axiom.domain, axiom.property) + self._by_cases(axiom.domain, axiom.property)
        if isinstance(axiom, PropertyRange):
            return self._plain(axiom.range, axiom.property) + self._by_cases(axiom.range, axiom.property)
        if isinstance(axiom, DisjointClasses):
            place = next((m.iri for m in axiom.members if isinstance(m, Named)), None)
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
            if isinstance(part, Named)
            and any(isinstance(e, Or | Not) for d in self.definitions.get(part.iri, ()) for e in subexpressions(d))
        ]

    def _definition(self, axiom: EquivalentClasses) -> list[Issue]:
        iri, found = axiom.named.iri, []
        parts = subexpressions(axiom.definition)
        above = self._ancestors(iri)
        is_triage, is_pattern = v.TRIAGE_PATTERN in above, v.PATIENT_CASE in above
        may_extend = is_pattern or v.FINDING in above
        if len(self.definitions[iri]) > 1:
            found.append(_issue(iri, "The class has two definitions.", "Keep one, or define two classes."))
        for part in parts:
            if isinstance(part, Or | Facet) and not may_extend:
                found.append(
                    _issue(iri, f"{_name(part)} stands outside a pattern or finding.", "Define a finding or a pattern.")
                )
            if isinstance(part, Not):
                if is_triage:
                    found.append(
                        _issue(iri, "A triage rule uses a complement.", "Triage only rises: state what is present.")
                    )
                elif not is_pattern:
                    found.append(
                        _issue(iri, "A complement stands outside a pattern.", "Deny findings in patterns only.")
                    )
        if v.FINDING in above:
            inner = (part for part in parts if isinstance(part, Named) and part.iri != iri)
            found += [issue for part in inner for issue in self._by_cases(part, iri)]
        if is_pattern:
            defined = sorted(p for p in self.parents[iri] if p in self.definitions)
            if defined:
                found.append(
                    _issue(
                        iri, f"The pattern lies under the defined class {defined[0]}.", "Use primitive superclasses."
                    )
                )
        return found

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

    def _chain_range(self, axiom: SubPropertyOf) -> list[Issue]:
        if self._ranges(axiom.sup) <= self._ranges(axiom.chain[-1]):
            return []
        return [
            _issue(
                axiom.sup,
                "A chain ends in a property whose range does not imply the range of the whole.",
                f"Give {axiom.chain[-1]} the same range.",
            )
        ]

    def _ranges(self, prop: Iri) -> set[Expression]:
        """The ranges of a property, inherited ones too."""
        above, stack = {prop}, [prop]
        while stack:
            current = stack.pop()
            for axiom in self.ontology.axioms:
                if isinstance(axiom, SubPropertyOf) and axiom.chain == (current,) and axiom.sup not in above:
                    above.add(axiom.sup)
                    stack.append(axiom.sup)
        return {a.range for a in self.ontology.axioms if isinstance(a, PropertyRange) and a.property in above}

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
            properties.update(_properties(axiom))
            for expression in _expressions(axiom):
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


def _expressions(axiom: Axiom) -> tuple[Expression, ...]:
    if isinstance(axiom, SubClassOf):
        return (axiom.sub, axiom.sup)
    if isinstance(axiom, EquivalentClasses):
        return (axiom.named, axiom.definition)
    if isinstance(axiom, PropertyDomain):
        return (axiom.domain,)
    if isinstance(axiom, PropertyRange):
        return (axiom.range,)
    if isinstance(axiom, DisjointClasses):
        return axiom.members
    return ()


def _properties(axiom: Axiom) -> tuple[Iri, ...]:
    if isinstance(axiom, SubPropertyOf):
        return (*axiom.chain, axiom.sup)
    return (axiom.property,) if isinstance(axiom, PropertyDomain | PropertyRange) else ()


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
