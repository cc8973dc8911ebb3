"""Axioms → rules over interned concepts and roles.

Structural transformation as for EL++ (Baader, Brandt, Lutz 2005 and 2008): each complex expression gets a name; on
the left of ⊑ the expression implies its name, on the right the name implies the expression. Naming is conservative,
so rules made by it carry no axiom (``STRUCTURAL``); rules made from an axiom carry its index.

Facets are atoms: ``∃p.[low, high]`` is a concept, and an interval that lies in another implies it. Ranges are
attached to the fillers of existentials, which is complete under EL's restriction on ranges and chains.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
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
    SubPropertyOf,
)
from lumbarkg.vocabulary import OWL_NOTHING, OWL_THING

STRUCTURAL = -1
TOP = 0
BOTTOM = 1

Concept = int
Role = int
ContextKey = tuple[Concept, Role | None]


@dataclass(frozen=True)
class Rules:
    """Everything the saturation reads; no rule changes after normalisation.

    ``sub``: A → (B, axiom). ``conjunction``: A → (all operands, B, axiom). ``exists_right``: A → (r, filler key,
    axiom). ``exists_left``: r → A → (B, axiom). ``super_role``: r → (s, axiom). ``chain_first``: r → (r2, s, axiom).
    ``chain_second``: r2 → (r, s, axiom). ``ranges``: r → (concept, axioms used).
    """

    concepts: dict[Named | Facet | Expression, Concept]
    names: tuple[Iri | None, ...]
    roles: dict[Iri, Role]
    sub: dict[Concept, tuple[tuple[Concept, int], ...]]
    conjunction: dict[Concept, tuple[tuple[tuple[Concept, ...], Concept, int], ...]]
    exists_right: dict[Concept, tuple[tuple[Role, ContextKey, int], ...]]
    exists_left: dict[Role, dict[Concept, tuple[tuple[Concept, int], ...]]]
    super_role: dict[Role, tuple[tuple[Role, int], ...]]
    chain_first: dict[Role, tuple[tuple[Role, Role, int], ...]]
    chain_second: dict[Role, tuple[tuple[Role, Role, int], ...]]
    ranges: dict[Role, tuple[tuple[Concept, tuple[int, ...]], ...]]
    facets: dict[Iri, tuple[tuple[Interval, Concept], ...]]
    uses_top: bool

    def concept(self, iri: Iri) -> Concept | None:
        """The concept of a named class, None where the ontology does not know it."""
        return self.concepts.get(Named(iri))

    def context_keys(self) -> set[ContextKey]:
        """The keys of all contexts that the ontology itself needs: named classes and fillers."""
        keys: set[ContextKey] = {(c, None) for c, name in enumerate(self.names) if name is not None}
        for rules in self.exists_right.values():
            keys.update(key for _, key, _ in rules)
        return keys


class _Normaliser:
    def __init__(self, data_properties: frozenset[Iri]) -> None:
        self.data_properties = data_properties
        self.concepts: dict[Expression, Concept] = {}
        self.names: list[Iri | None] = []
        self.roles: dict[Iri, Role] = {}
        self.sub: dict[Concept, list[tuple[Concept, int]]] = defaultdict(list)
        self.conjunction: list[tuple[tuple[Concept, ...], Concept, int]] = []
        self.exists_right: list[tuple[Concept, Role, Concept, int]] = []
        self.exists_left: dict[Role, dict[Concept, list[tuple[Concept, int]]]] = defaultdict(lambda: defaultdict(list))
        self.super_role: dict[Role, list[tuple[Role, int]]] = defaultdict(list)
        self.chains: list[tuple[Role, Role, Role, int]] = []
        self.range_axioms: dict[Role, list[tuple[Concept, int]]] = defaultdict(list)
        self.implied_left: set[Expression] = set()
        self.implied_right: set[Expression] = set()
        self.concept(Named(OWL_THING))
        self.concept(Named(OWL_NOTHING))

    def concept(self, expression: Expression) -> Concept:
        found = self.concepts.get(expression)
        if found is None:
            found = self.concepts[expression] = len(self.names)
            self.names.append(expression.iri if isinstance(expression, Named) else None)
        return found

    def role(self, iri: Iri) -> Role:
        return self.roles.setdefault(iri, len(self.roles))

    def add(self, number: int, axiom: Axiom) -> None:
        if isinstance(axiom, SubClassOf):
            self.right(self.left(axiom.sub), axiom.sup, number)
        elif isinstance(axiom, EquivalentClasses):
            self.right(self.concept(axiom.named), axiom.definition, number)
            self.imply(axiom.definition, self.concept(axiom.named), number)
        elif isinstance(axiom, DisjointClasses):
            members = [self.left(m) for m in axiom.members]
            for i, first in enumerate(members):
                for second in members[i + 1 :]:
                    self.conjunction.append(((first, second), BOTTOM, number))
        elif isinstance(axiom, SubPropertyOf):
            self.property_inclusion(axiom, number)
        elif isinstance(axiom, PropertyDomain):
            is_data = axiom.property in self.data_properties
            any_value = Facet(axiom.property, Interval()) if is_data else Some(axiom.property, Named(OWL_THING))
            self.right(self.left(any_value), axiom.domain, number)
        elif isinstance(axiom, PropertyRange):
            self.range_axioms[self.role(axiom.property)].append((self.name_right(axiom.range), number))

    def property_inclusion(self, axiom: SubPropertyOf, number: int) -> None:
        roles = [self.role(p) for p in axiom.chain]
        if len(roles) == 1:
            self.super_role[roles[0]].append((self.role(axiom.sup), number))
            return
        while len(roles) > 2:
            joint = self.role(Iri(f"urn:chain:{roles[0]}:{roles[1]}"))
            self.chains.append((roles[0], roles[1], joint, STRUCTURAL))
            roles = [joint, *roles[2:]]
        self.chains.append((roles[0], roles[1], self.role(axiom.sup), number))

    def left(self, expression: Expression) -> Concept:
        """A concept that the expression implies."""
        concept = self.concept(expression)
        if not isinstance(expression, Named | Facet) and expression not in self.implied_left:
            self.implied_left.add(expression)
            self.imply(expression, concept, STRUCTURAL)
        return concept

    def imply(self, expression: Expression, concept: Concept, number: int) -> None:
        """expression ⊑ concept."""
        if isinstance(expression, Named | Facet):
            self.sub[self.concept(expression)].append((concept, number))
        elif isinstance(expression, And):
            self.conjunction.append((tuple(self.left(o) for o in expression.operands), concept, number))
        elif isinstance(expression, Or):
            for operand in expression.operands:
                self.sub[self.left(operand)].append((concept, number))
        elif isinstance(expression, Some):
            role, filler = self.role(expression.property), self.left(expression.filler)
            self.exists_left[role][filler].append((concept, number))
        else:
            raise OntologyError("'not' must be replaced by a generated class before reasoning; run the build.")

    def right(self, concept: Concept, expression: Expression, number: int) -> None:
        """concept ⊑ expression."""
        if isinstance(expression, Named | Facet):
            self.sub[concept].append((self.concept(expression), number))
        elif isinstance(expression, And):
            for operand in expression.operands:
                self.right(concept, operand, number)
        elif isinstance(expression, Some):
            filler = self.name_right(expression.filler)
            self.exists_right.append((concept, self.role(expression.property), filler, number))
        elif isinstance(expression, Not):
            raise OntologyError("'not' must be replaced by a generated class before reasoning; run the build.")
        # A union on the right is the other half of a definition with ⊔. The profile lets nothing assert or imply
        # such a class except its definition, so this half derives nothing and is left out.

    def name_right(self, expression: Expression) -> Concept:
        concept = self.concept(expression)
        if not isinstance(expression, Named | Facet) and expression not in self.implied_right:
            self.implied_right.add(expression)
            self.right(concept, expression, STRUCTURAL)
        return concept

    def facet_inclusions(self) -> dict[Iri, tuple[tuple[Interval, Concept], ...]]:
        by_property: dict[Iri, list[tuple[Interval, Concept]]] = defaultdict(list)
        for expression, concept in list(self.concepts.items()):
            if isinstance(expression, Facet):
                by_property[expression.property].append((expression.interval, concept))
        for atoms in by_property.values():
            for interval, concept in atoms:
                if interval.is_empty:
                    self.sub[concept].append((BOTTOM, STRUCTURAL))
                for other, wider in atoms:
                    if wider != concept and other.includes(interval):
                        self.sub[concept].append((wider, STRUCTURAL))
        return {p: tuple(atoms) for p, atoms in by_property.items()}

    def all_ranges(self) -> dict[Role, tuple[tuple[Concept, tuple[int, ...]], ...]]:
        found: dict[Role, tuple[tuple[Concept, tuple[int, ...]], ...]] = {}
        for role in self.roles.values():
            reached: dict[Role, tuple[int, ...]] = {role: ()}
            queue = [role]
            while queue:
                current = queue.pop()
                for sup, number in self.super_role.get(current, ()):
                    if sup not in reached:
                        reached[sup] = (*reached[current], number)
                        queue.append(sup)
            ranges = tuple(
                (concept, (*path, number))
                for sup, path in reached.items()
                for concept, number in self.range_axioms.get(sup, ())
            )
            if ranges:
                found[role] = ranges
        return found

    def finish(self) -> Rules:
        facets = self.facet_inclusions()
        ranges = self.all_ranges()
        conjunction: dict[Concept, list[tuple[tuple[Concept, ...], Concept, int]]] = defaultdict(list)
        for rule in dict.fromkeys(self.conjunction):
            for operand in dict.fromkeys(rule[0]):
                conjunction[operand].append(rule)
        right: dict[Concept, list[tuple[Role, ContextKey, int]]] = defaultdict(list)
        for concept, role, filler, number in dict.fromkeys(self.exists_right):
            right[concept].append((role, (filler, role if role in ranges else None), number))
        first: dict[Role, list[tuple[Role, Role, int]]] = defaultdict(list)
        second: dict[Role, list[tuple[Role, Role, int]]] = defaultdict(list)
        for r1, r2, sup, number in self.chains:
            first[r1].append((r2, sup, number))
            second[r2].append((r1, sup, number))
        return Rules(
            concepts=self.concepts,
            names=tuple(self.names),
            roles=self.roles,
            sub={c: tuple(dict.fromkeys(x)) for c, x in self.sub.items()},
            conjunction={c: tuple(x) for c, x in conjunction.items()},
            exists_right={c: tuple(x) for c, x in right.items()},
            exists_left={
                r: {c: tuple(dict.fromkeys(x)) for c, x in by_filler.items()}
                for r, by_filler in self.exists_left.items()
            },
            super_role={r: tuple(x) for r, x in self.super_role.items()},
            chain_first={r: tuple(x) for r, x in first.items()},
            chain_second={r: tuple(x) for r, x in second.items()},
            ranges=ranges,
            facets=facets,
            uses_top=TOP in self.sub or TOP in conjunction or any(TOP in x for x in self.exists_left.values()),
        )


def normalise(axioms: tuple[Axiom, ...], classes: frozenset[Iri], data_properties: frozenset[Iri]) -> Rules:
    """The rules of all axioms; the number that a rule carries is the index of its axiom.

    Every declared class gets a concept, used or not. Raises OntologyError where a complement has not been replaced.
    """
    normaliser = _Normaliser(data_properties)
    for cls in sorted(classes):
        normaliser.concept(Named(cls))
    for number, axiom in enumerate(axioms):
        normaliser.add(number, axiom)
    return normaliser.finish()
