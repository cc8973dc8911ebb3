"""Justifications of what a case falls under: minimal sets of axioms and asserted facts, one or all.

A justification rests on the parts of the case that bear on its goal. Cases share these parts, so the minimal sets are
remembered by goal and parts, and put in the words of the case at hand when they are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Assertion, Case, Exposure, Finding, Justification
from lumbarkg.reasoning.horn import Node
from lumbarkg.reasoning.inferences import Fact, Inference, InverseRules, Labels, find_inferences
from lumbarkg.reasoning.knowledge import Branch, Denial, Expression, Knowledge
from lumbarkg.reasoning.normalise import Concept, Role
from lumbarkg.reasoning.realise import RealisedCase
from lumbarkg.reasoning.saturate import Context, Saturation, asserted, no_context
from lumbarkg.reasoning.supports import InferenceProgram

_REMEMBERED_JUSTIFICATIONS = 10_000
_QUESTION: Concept = -1
"""A concept of no ontology: what a goal with a property asks of the case."""
Position = tuple[str, int]
"""Which part of a case a statement belongs to: a kind and a place among the parts of that kind."""


@dataclass(frozen=True)
class Goal:
    """What is to be shown of the case: that it falls under ``cls``, or under ∃property.cls."""

    cls: Iri
    property: Iri | None = None


@dataclass(frozen=True)
class Statement:
    """One asserted fact as logic reads it: what a branch of the case falls under or links to.

    ``branch`` is (HAS_FINDING or HAS_EXPOSURE, index), or None for the case itself. Numbers are already reduced to
    facet atoms, so that statements which mean the same to the ontology are equal.
    """

    branch: tuple[Iri, int] | None
    concepts: tuple[Concept, ...] = ()
    link: tuple[Iri, Iri] | None = None
    assertion: Assertion | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Justifications:
    """Minimal justifications of one entailment, the shortest first; ``complete`` says that there are no others."""

    found: tuple[Justification, ...]
    complete: bool


@dataclass(frozen=True)
class _Parts:
    """The parts of a case that bear on a goal; equal parts give equal justifications."""

    branches: tuple[Branch, ...]
    denials: tuple[Denial, ...]
    age_atoms: tuple[Concept, ...]
    sex: Iri | None


@dataclass(frozen=True)
class _Part:
    """One statement of some parts: whose it is, and what it states there (a key that names it among its siblings)."""

    position: Position
    key: tuple[Iri | None, Iri | None]


class Explainer:
    """Minimal justifications over one ontology, remembered by what they rest on."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._inverse = InverseRules(knowledge.rules)
        self._bearing = lru_cache(maxsize=None)(self._bearing_on)  # as many as the vocabulary has goals
        self._remembered = lru_cache(maxsize=_REMEMBERED_JUSTIFICATIONS)(self._justify_parts)

    # ------------------------------------------------------------ in the words of a case

    def justify_type(self, realised: RealisedCase, cls: Iri) -> Justification:
        """Why the case falls under a named class."""
        return self._one(realised, Goal(cls), ())

    def justify_pattern(self, realised: RealisedCase, pattern: Iri, axiom: int) -> Justification:
        """Why the case falls under what an axiom says of a pattern that it falls under."""
        return self._one(realised, Goal(pattern), (axiom,))

    def justify_all(
        self, realised: RealisedCase, goal: Goal, limit: int, expired: Callable[[], bool] = lambda: False
    ) -> Justifications:
        """Every minimal justification of an entailment, up to a limit of number and time; none if it does not hold."""
        if not self._holds(realised, goal):
            return Justifications((), complete=True)
        parts, subjects = self._parts(realised, goal)
        program, statements = self._program(parts, goal)
        supports = program.all(limit, expired)
        found = (self._justification(s, statements, subjects, realised.case) for s in supports.sets)
        return Justifications(tuple(found), supports.complete)

    def _one(self, realised: RealisedCase, goal: Goal, axioms: tuple[int, ...]) -> Justification:
        parts, subjects = self._parts(realised, goal)
        labels, statements = self._remembered(parts, goal)
        found = self._justification(labels, statements, subjects, realised.case)
        return replace(found, axioms=tuple(sorted({*found.axioms, *axioms})))

    def _justification(
        self,
        labels: Labels,
        statements: tuple[_Part, ...],
        subjects: dict[Position, Finding | Exposure],
        case: Case,
    ) -> Justification:
        stated = [statements[~label] for label in sorted(labels, reverse=True) if label < 0]
        return Justification(
            tuple(sorted(label for label in labels if label >= 0)),
            tuple(_assertion(one, subjects.get(one.position), case) for one in stated),
        )

    # ------------------------------------------------------------ the parts that bear on a goal

    def _bearing_on(self, goal: Goal) -> int:
        """The set of concepts that could help to derive the goal for a case, those that every case has left out."""
        knowledge, program = self._knowledge, self._knowledge.program
        wanted = [knowledge.known(goal.cls)]
        if goal.property is not None:
            role, bit = knowledge.role(goal.property), program.bit(wanted[0])
            wanted = [
                concept
                for (concept, key), node in program.nodes.items()
                if key is None and any(target.bits & bit for target in node.links.get(role, ()))
            ]
        given = program.closed[knowledge.known(v.PATIENT_CASE)] | program.top
        seen: set[Concept] = set()
        while wanted:
            concept = wanted.pop()
            if concept not in seen and not program.bit(concept) & given:
                seen.add(concept)
                wanted += self._lower[concept]
                wanted += [o for operands, _ in self._inverse.conjunction.get(concept, ()) for o in operands]
        return program.set_of(seen)

    @cached_property
    def _lower(self) -> dict[Concept, list[Concept]]:
        """Concept → those that imply it by themselves."""
        found: dict[Concept, list[Concept]] = defaultdict(list)
        for lower, bits in self._knowledge.program.closed.items():
            for concept in self._knowledge.program.members(bits):
                found[concept].append(lower)
        return found

    def _holds(self, realised: RealisedCase, goal: Goal) -> bool:
        if goal.property is not None:
            return goal.cls in realised.spoken(goal.property)
        return goal.cls in realised.types

    def _parts(self, realised: RealisedCase, goal: Goal) -> tuple[_Parts, dict[Position, Finding | Exposure]]:
        knowledge, case, bearing = self._knowledge, realised.case, self._bearing(goal)
        branches: list[Branch] = []
        denials: list[Denial] = []
        subjects: dict[Position, Finding | Exposure] = {}
        hanging: tuple[tuple[Finding | Exposure, Branch], ...] = (*realised.findings, *realised.exposures)
        for subject, branch in hanging:
            if branch.contribution & bearing:
                subjects["branch", len(branches)] = subject
                branches.append(branch)
        for finding in case.absent:
            denial = knowledge.denial(knowledge.finding_expression(finding))
            if denial.bits & bearing:
                subjects["denial", len(denials)] = finding
                denials.append(denial)
        atoms = () if case.age is None else knowledge.atoms(((v.AGE_YEARS, case.age),))[0][1]
        age_atoms = tuple(a for a in atoms if knowledge.program.closed[a] & bearing)
        is_sexed = case.sex is not None and knowledge.qualifier(v.HAS_SEX, case.sex).bits & bearing
        return _Parts(tuple(branches), tuple(denials), age_atoms, case.sex if is_sexed else None), subjects

    def _justify_parts(self, parts: _Parts, goal: Goal) -> tuple[Labels, tuple[_Part, ...]]:
        program, statements = self._program(parts, goal)
        labels = program.one()
        assert labels is not None, f"{goal} does not follow from what bears on it"  # noqa: S101 - the reasoner's own law
        return labels, statements

    def _program(self, parts: _Parts, goal: Goal) -> tuple[InferenceProgram, tuple[_Part, ...]]:
        stated = _StatedCase(parts, self._knowledge)
        asked: Fact = (stated.root, self._knowledge.known(goal.cls))
        if goal.property is not None:
            asked = stated.ask(self._knowledge.role(goal.property), self._knowledge.known(goal.cls))
        inferences = find_inferences(asked, stated.given, self._knowledge.program, self._inverse)
        return InferenceProgram(asked, inferences), tuple(stated.statements)

    # ------------------------------------------------------------ by another way

    def entails(self, axioms: frozenset[int], statements: tuple[Statement, ...], goal: Goal) -> bool:
        """Whether these axioms and statements, and nothing else, entail the goal: derived anew, nothing remembered."""
        knowledge, rules = self._knowledge, self._knowledge.rules
        saturation = Saturation(rules, no_context, axioms)
        root = saturation.open(Context())
        saturation.add(root, knowledge.known(v.PATIENT_CASE), ((), (), None))
        branches: dict[tuple[Iri, int], Context] = {}
        for statement in statements:
            context = root
            if statement.branch is not None:
                if statement.branch not in branches:
                    branches[statement.branch] = branch = saturation.open(Context())
                    role = rules.roles[statement.branch[0]]
                    saturation.add_ranges(branch, role)
                    saturation.link(root, role, branch, asserted(("branch",)))
                context = branches[statement.branch]
            for concept in statement.concepts:
                saturation.add(context, concept, asserted(("statement",)))
            if statement.link is not None:
                role = rules.roles[statement.link[0]]
                key = (knowledge.known(statement.link[1]), role if role in rules.ranges else None)
                saturation.link(context, role, saturation.context(key), asserted(("statement",)))
        saturation.run()
        concept = knowledge.known(goal.cls)
        if goal.property is None:
            return concept in root.subsumers
        targets = root.links.get(rules.roles[goal.property], {})
        return any(concept in target.subsumers for target in targets)


class _StatedCase:
    """Nodes for some parts of a case, and what is given of them: each statement with a label of its own."""

    def __init__(self, parts: _Parts, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.statements: list[_Part] = []
        self.given: dict[Fact, list[Inference]] = {}
        nodes = [Node(branch.node.bits, branch.node.links) for branch in parts.branches]
        self.root = self._root(parts, nodes)
        self._give((self.root, knowledge.known(v.PATIENT_CASE)), frozenset())
        for index, (branch, node) in enumerate(zip(parts.branches, nodes, strict=True)):
            self._state_branch(("branch", index), branch, node)
        for index, denial in enumerate(parts.denials):
            label = self._label(("denial", index), (None, None))
            for cls in denial.types:
                self._give((self.root, knowledge.known(cls)), label)
        if parts.age_atoms:
            label = self._label(("age", 0), (v.AGE_YEARS, None))
            for atom in parts.age_atoms:
                self._give((self.root, atom), label)
        if parts.sex is not None:
            role = knowledge.role(v.HAS_SEX)
            target = knowledge.qualifier(v.HAS_SEX, parts.sex).links[0][1]
            self._give((self.root, role, target), self._label(("sex", 0), (v.HAS_SEX, parts.sex)))

    def ask(self, role: Role, concept: Concept) -> Fact:
        """A fact that holds if the case is linked by the role to an instance of the concept."""
        bit = self._knowledge.program.bit(concept)
        asked: Fact = (self.root, _QUESTION)
        self.given[asked] = [
            Inference(frozenset(), ((self.root, role, target), (target, concept)))
            for target in self.root.links.get(role, ())
            if target.bits & bit
        ]
        return asked

    def _root(self, parts: _Parts, nodes: list[Node]) -> Node:
        """The case itself, linked to the nodes given: what follows from these parts alone."""
        knowledge, program = self._knowledge, self._knowledge.program
        bits, reached = program.closed[knowledge.known(v.PATIENT_CASE)], []
        for denial in parts.denials:
            bits |= denial.bits
        for atom in parts.age_atoms:
            bits |= program.closed[atom]
        for branch, node in zip(parts.branches, nodes, strict=True):
            if branch.role in knowledge.rules.roles:
                reached.append(program.follow(knowledge.role(branch.role), node))
        if parts.sex is not None:
            reached.append(knowledge.qualifier(v.HAS_SEX, parts.sex))
        return program.join(bits, reached)

    def _state_branch(self, position: Position, branch: Branch, node: Node) -> None:
        knowledge, expression = self._knowledge, branch.expression
        role = knowledge.role(branch.role)
        for concept, axioms in knowledge.rules.ranges.get(role, ()):
            self._give((node, concept), frozenset(axioms))
        for facts, key in _stated_facts(expression, node, knowledge):
            label = self._label(position, key)
            for fact in facts:
                self._give(fact, label)
            self._give((self.root, role, node), label)  # any statement of a branch says that there is one

    def _label(self, position: Position, key: tuple[Iri | None, Iri | None]) -> Labels:
        self.statements.append(_Part(position, key))
        return frozenset((~(len(self.statements) - 1),))

    def _give(self, fact: Fact, labels: Labels) -> None:
        self.given.setdefault(fact, []).append(Inference(labels, ()))


def _stated_facts(
    expression: Expression, node: Node, knowledge: Knowledge
) -> list[tuple[list[Fact], tuple[Iri | None, Iri | None]]]:
    """What each statement of an expression gives of its node, with the statement's (property, value)."""
    found: list[tuple[list[Fact], tuple[Iri | None, Iri | None]]] = [
        ([(node, knowledge.known(cls))], (None, cls)) for cls in expression.types
    ]
    for prop, term in expression.qualifiers:
        role, target = knowledge.qualifier(prop, term).links[0]
        found.append(([(node, role, target)], (prop, term)))
    for prop, atoms in expression.atoms:
        found.append(([(node, atom) for atom in atoms], (prop, None)))
    return found


def _assertion(part: _Part, subject: Finding | Exposure | None, case: Case) -> Assertion:
    """A statement in the words of a case."""
    kind, _ = part.position
    prop, value = part.key
    if kind == "denial" and isinstance(subject, Finding):
        return Assertion(subject, None, subject.term, denied=True)
    if kind == "age" and case.age is not None:
        return Assertion(None, prop, case.age)
    if value is not None:
        return Assertion(subject, prop, value)
    if subject is None or prop is None:
        raise ValueError(f"{part} names nothing that the case states")
    return Assertion(subject, prop, dict(subject.quantities)[prop])
