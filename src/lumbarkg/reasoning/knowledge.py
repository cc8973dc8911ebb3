"""The saturated ontology: classified once, immutable, shared by all cases.

A case never changes it. What it remembers of cases is bounded and holds expressions only (a class with qualifiers and
facet atoms), never a case; its memories are CPython's own ``lru_cache``, so that threads share them without a lock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.model import Exposure, Finding
from lumbarkg.ontology.owl import (
    And,
    EquivalentClasses,
    Facet,
    Named,
    Or,
    Some,
    conjuncts,
    disjuncts,
    subexpressions,
)
from lumbarkg.ontology.owl import Expression as ClassExpression
from lumbarkg.ontology.read import Ontology
from lumbarkg.reasoning.hierarchy import Hierarchy
from lumbarkg.reasoning.horn import HornProgram, Node, Reach
from lumbarkg.reasoning.normalise import BOTTOM, Concept, ContextKey, Role, Rules, normalise
from lumbarkg.reasoning.patterns import Patterns
from lumbarkg.reasoning.saturate import Context, Saturation, no_context

_REMEMBERED_EXPRESSIONS = 3_000
_REMEMBERED_FINDINGS = 3_000


@dataclass(frozen=True)
class Expression:
    """What a finding or an exposure says to logic: classes, qualifiers, and the facet atoms its numbers fall in.

    Numbers are reduced to the ontology's own intervals, so that remembered expressions stay few.
    """

    types: tuple[Iri, ...]
    qualifiers: tuple[tuple[Iri, Iri], ...] = ()
    atoms: tuple[tuple[Iri, tuple[Concept, ...]], ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Branch:
    """One finding or exposure of a case as an expression, with its consequences.

    ``contribution`` is what a case that is linked to it falls under for that; ``types`` are its named classes.
    """

    expression: Expression
    role: Iri
    node: Node
    contribution: int
    types: frozenset[Iri]
    is_left: bool
    is_right: bool


@dataclass(frozen=True, eq=False, slots=True)
class Denial:
    """What an absent finding denies: named finding classes, and the generated types that its case gets for them.

    ``bit`` is that of the finding's own class: no present finding without it can contradict the denial.
    """

    expression: Expression
    bit: int
    classes: frozenset[Iri]
    types: tuple[Iri, ...]
    bits: int


class Knowledge(Hierarchy):
    """The rules and the saturated contexts of one ontology.

    Raises OntologyError where the ontology lies outside the profile or a class is unsatisfiable.
    """

    def __init__(self, ontology: Ontology) -> None:
        if ontology.issues:
            raise OntologyError("; ".join(str(issue) for issue in ontology.issues))
        self.ontology = ontology
        self.rules: Rules = normalise(ontology.axioms, ontology.classes, ontology.data_properties)
        contexts = _saturate(self.rules)
        _refuse_empty(name for concept, name in self._named_concepts() if BOTTOM in contexts[concept, None].subsumers)
        self.program = HornProgram(self.rules, contexts)
        for context in contexts.values():
            context.clear()
        self._named_bits = self.program.set_of(c for c, _ in self._named_concepts())
        self._fillers: dict[ContextKey, Node] = {}
        self.named_in = lru_cache(maxsize=_REMEMBERED_EXPRESSIONS)(self._named_in)
        self._cases = self._union_cases()
        super().__init__(self._entailed_superclasses())
        self.branch = lru_cache(maxsize=_REMEMBERED_EXPRESSIONS)(self._branch)
        self.finding_branch = lru_cache(maxsize=_REMEMBERED_FINDINGS)(self._finding_branch)
        self.exposure_branch = lru_cache(maxsize=_REMEMBERED_EXPRESSIONS)(self._exposure_branch)
        self.denial = lru_cache(maxsize=_REMEMBERED_EXPRESSIONS)(self._denial)
        self.finding_denial = lru_cache(maxsize=_REMEMBERED_FINDINGS)(self._finding_denial)

    def forget(self) -> None:
        """Empty the memories of expressions; answers stay the same."""
        memories = (self.named_in, self.branch, self.finding_branch, self.exposure_branch)
        for memory in (*memories, self.denial, self.finding_denial):
            memory.cache_clear()

    # ------------------------------------------------------------ the ontology

    def known(self, iri: Iri) -> Concept:
        """The concept of a class that must exist. Raises OntologyError."""
        concept = self.rules.concept(iri)
        if concept is None:
            raise OntologyError(f"The ontology does not know the class {iri}.")
        return concept

    def role(self, prop: Iri) -> Role:
        """The role of a property that must exist. Raises OntologyError."""
        role = self.rules.roles.get(prop)
        if role is None:
            raise OntologyError(f"The ontology does not use the property {prop}.")
        return role

    def node(self, iri: Iri) -> Node | None:
        """The consequences of a named class, None where the ontology does not know it; unions are not read by cases."""
        concept = self.rules.concept(iri)
        return None if concept is None else self.program.nodes[concept, None]

    def named(self, node: Node) -> frozenset[Iri]:
        """The named classes that a node falls under."""
        return self.named_in(node.bits)

    def _named_in(self, bits: int) -> frozenset[Iri]:
        names = self.rules.names
        found = (names[c] for c in self.program.members(bits & self._named_bits))
        return frozenset(name for name in found if name is not None)

    def relations(self, iri: Iri) -> dict[Iri, frozenset[Iri]]:
        """Property p → every named B with iri ⊑ ∃p.B. A class defined with a union has what all its cases have."""
        read = [self._relations_of(node) for node in self._cases_of(iri)]
        shared = set.intersection(*(set(one) for one in read)) if read else set()
        found = {prop: frozenset.intersection(*(one[prop] for one in read)) for prop in shared}
        return {prop: names for prop, names in found.items() if names}

    def _relations_of(self, node: Node) -> dict[Iri, frozenset[Iri]]:
        return {
            self._property_of[role]: frozenset(name for target in targets for name in self.named(target))
            for role, targets in node.links.items()
            if role in self._property_of
        }

    @cached_property
    def _property_of(self) -> dict[Role, Iri]:
        return {role: iri for iri, role in self.rules.roles.items() if iri in self.ontology.object_properties}

    def _named_concepts(self) -> list[tuple[Concept, Iri]]:
        return [(c, name) for c, name in enumerate(self.rules.names) if name is not None and c > BOTTOM]

    # ------------------------------------------------------------ unions

    def _entailed_superclasses(self) -> dict[Iri, frozenset[Iri]]:
        above = {name: self.named(self.program.nodes[concept, None]) for concept, name in self._named_concepts()}
        by_cases = {
            cls: frozenset.intersection(*(self.named(node) for node in nodes)) for cls, nodes in self._cases.items()
        }
        return {
            name: sups.union(*(by_cases[sup] for sup in sups if sup in by_cases)) if sups & by_cases.keys() else sups
            for name, sups in above.items()
        }

    def _union_cases(self) -> dict[Iri, tuple[Node, ...]]:
        """Class defined with a union → a node for each of its possible cases.

        The hierarchy is the one place that needs reasoning by cases. No patient's case does: it asserts findings, and
        never a class that is defined so.
        """
        defined = {a.named.iri: a.definition for a in self.ontology.axioms if isinstance(a, EquivalentClasses)}
        unions = {i: d for i, d in defined.items() if any(isinstance(part, Or) for part in subexpressions(d))}
        found: dict[Iri, tuple[Node, ...]] = {}
        for cls, definition in defined.items():
            cases = disjuncts(definition, unions)
            if len(cases) > 1:
                nodes = (self.realise_expression(And((Named(cls), *conjuncts(case)))) for case in cases)
                found[cls] = tuple(node for node in nodes if not node.bits & self.program.bottom)
        _refuse_empty(cls for cls, nodes in found.items() if not nodes)
        return found

    def _cases_of(self, iri: Iri) -> tuple[Node, ...]:
        if iri in self._cases:
            return self._cases[iri]
        node = self.node(iri)
        return () if node is None else (node,)

    def realise_expression(self, expression: ClassExpression, role: Role | None = None) -> Node:
        """The node of a class expression without unions, reached by a role if one is given.

        Raises OntologyError where it names what the ontology's rules do not.
        """
        program, bits, reached = self.program, self._ranges(role), []
        for part in conjuncts(expression):
            if isinstance(part, Some):
                via = self.role(part.property)
                reached.append(program.follow(via, self.realise_expression(part.filler, via)))
            elif isinstance(part, Named):
                bits |= program.closed[self.known(part.iri)]
            elif isinstance(part, Facet) and part in self.rules.concepts:
                bits |= program.closed[self.rules.concepts[part]]
            else:
                raise OntologyError(f"No instance can be made of {part}.")
        return program.join(bits, reached)

    # ------------------------------------------------------------ expressions of cases

    def finding_expression(self, finding: Finding) -> Expression:
        """The expression that a present or denied finding stands for."""
        return Expression((finding.term,), finding.qualifiers, self.atoms(finding.quantities))

    def exposure_expression(self, exposure: Exposure) -> Expression:
        """The expression that an exposure stands for."""
        return Expression((v.EXPOSURE, *exposure.types), exposure.qualifiers, self.atoms(exposure.quantities))

    def atoms(self, quantities: Iterable[tuple[Iri, Decimal]]) -> tuple[tuple[Iri, tuple[Concept, ...]], ...]:
        """For each stated number, the facet atoms of the ontology that it falls in."""
        return tuple(
            (prop, tuple(c for interval, c in self.rules.facets.get(prop, ()) if number in interval))
            for prop, number in quantities
        )

    def _finding_branch(self, finding: Finding) -> Branch:
        """The branch of a present finding; remembered."""
        return self.branch(self.finding_expression(finding), v.HAS_FINDING)

    def _exposure_branch(self, exposure: Exposure) -> Branch:
        """The branch of an exposure; remembered."""
        return self.branch(self.exposure_expression(exposure), v.HAS_EXPOSURE)

    def _branch(self, expression: Expression, prop: Iri) -> Branch:
        """The consequences of an expression that a property leads to; remembered."""
        role = self.rules.roles.get(prop)
        node = self.state(expression, role)
        return Branch(
            expression,
            prop,
            node,
            0 if role is None else self.program.follow(role, node).bits,
            self.named(node),
            is_left=self._reaches(node, v.HAS_LATERALITY, v.LEFT),
            is_right=self._reaches(node, v.HAS_LATERALITY, v.RIGHT),
        )

    def state(self, expression: Expression, role: Role | None) -> Node:
        """The node of what an expression states, reached by a role. Raises OntologyError for what is not known."""
        program, bits = self.program, self._ranges(role)
        for cls in expression.types:
            bits |= program.closed[self.known(cls)]
        for _, atoms in expression.atoms:
            for atom in atoms:
                bits |= program.closed[atom]
        return program.join(bits, [self.qualifier(prop, term) for prop, term in expression.qualifiers])

    def qualifier(self, prop: Iri, term: Iri) -> Reach:
        """What a link by a property to some instance of a class tells of whoever has it."""
        role = self.role(prop)
        return self.program.reach(role, self._filler(role, self.known(term)))

    def _filler(self, role: Role, concept: Concept) -> Node:
        """The node of a class that a role leads to: with the role's ranges. As many as the vocabulary allows."""
        key = (concept, role if role in self.rules.ranges else None)
        found = self.program.nodes.get(key) or self._fillers.get(key)
        if found is None:
            joined = self.program.join(self.program.closed[concept] | self._ranges(role), ())
            # Nodes are told apart as objects: two threads that ask at once must get the same one.
            found = self._fillers.setdefault(key, Node(joined.bits, joined.links, key))
        return found

    def _ranges(self, role: Role | None) -> int:
        bits = 0
        for concept, _ in () if role is None else self.rules.ranges.get(role, ()):
            bits |= self.program.closed[concept]
        return bits

    # ------------------------------------------------------------ denial

    def falls_under(self, node: Node, expression: Expression) -> bool:
        """Whether a node is entailed to fall under an expression of classes and qualifiers."""
        if any(not node.bits & self.program.bit(self.known(cls)) for cls in expression.types):
            return False
        return all(self._reaches(node, prop, term) for prop, term in expression.qualifiers)

    def _reaches(self, node: Node, prop: Iri, term: Iri) -> bool:
        role, concept = self.rules.roles.get(prop), self.rules.concept(term)
        if role is None or concept is None:
            return False
        bit = self.program.bit(concept)
        return any(target.bits & bit for target in node.links.get(role, ()))

    def denied_classes(self, expression: Expression) -> frozenset[Iri]:
        """The named finding classes that denying the expression denies: all that fall under it; remembered."""
        return self.denial(expression).classes

    def _below(self, expression: Expression) -> frozenset[Iri]:
        """The named classes that fall under an expression."""
        below = self.subclasses(expression.types[0])
        if not expression.qualifiers:
            return below
        return frozenset(c for c in below if all(self.falls_under(node, expression) for node in self._cases_of(c)))

    def _finding_denial(self, finding: Finding) -> Denial:
        """The denial of an absent finding; remembered."""
        return self.denial(self.finding_expression(finding))

    def _denial(self, expression: Expression) -> Denial:
        """What denying an expression says of the case; remembered."""
        classes = self._below(expression)
        types = tuple(sorted(self.denials[cls] for cls in classes if cls in self.denials))
        bits = 0
        for cls in types:
            bits |= self.program.closed[self.known(cls)]
        return Denial(expression, self.program.bit(self.known(expression.types[0])), classes, types, bits)

    @cached_property
    def denials(self) -> dict[Iri, Iri]:
        """Finding class → the generated class of cases that deny it."""
        found: dict[Iri, Iri] = {}
        for triple in self.ontology.graph.with_predicate(v.DENIAL_OF):
            if isinstance(triple.object, Iri) and isinstance(triple.subject, Iri):
                found[triple.object] = triple.subject
        return found

    # ------------------------------------------------------------ what patterns say

    @cached_property
    def patterns(self) -> Patterns:
        """What the classes of cases say of conditions."""
        return Patterns(self.rules, self.program, self.subclasses(v.CONDITION), self.named)

    @cached_property
    def triage_classes(self) -> dict[Iri, Iri]:
        """Triage class → the level under which an editor put it."""
        levels = {t.subject for t in self.ontology.graph.with_predicate(v.TRIAGE_LEVEL)}
        return {
            Iri(t.subject): t.object
            for t in self.ontology.graph.with_predicate(v.RDFS_SUBCLASS_OF)
            if isinstance(t.object, Iri) and t.object in levels
        }


def _saturate(rules: Rules) -> dict[ContextKey, Context]:
    """A saturated context for every concept, and for every filler with the ranges of its role."""
    saturation = Saturation(rules, no_context)
    keys = rules.context_keys() | {(concept, None) for concept in range(len(rules.names))}
    for key in sorted(keys, key=lambda k: (k[0], -1 if k[1] is None else k[1])):
        saturation.context(key)
    saturation.run()
    return saturation.opened


def _refuse_empty(classes: Iterable[Iri]) -> None:
    names = sorted(classes)
    if names:
        raise OntologyError(f"These classes can have no instance: {', '.join(names)}.")
