"""The parts of a case that bear on a goal, as nodes and given facts; each statement has a label of its own."""

from __future__ import annotations

from dataclasses import dataclass

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Assertion, Case, Exposure, Finding
from lumbarkg.reasoning.horn import Node
from lumbarkg.reasoning.inferences import Fact, Inference, Labels
from lumbarkg.reasoning.knowledge import Branch, Expression, Knowledge
from lumbarkg.reasoning.normalise import Concept, Role
from lumbarkg.reasoning.parts import Parts, Position

_QUESTION: Concept = -1
"""A concept of no ontology: what a goal with a property asks of the case."""


@dataclass(frozen=True)
class Said:
    """One statement of some parts: whose it is, and the (property, value) that it states there."""

    position: Position
    key: tuple[Iri | None, Iri | None]


class StatedCase:
    """Nodes for some parts of a case, and what is given of them: each statement with a label of its own."""

    def __init__(self, parts: Parts, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.statements: list[Said] = []
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

    def _root(self, parts: Parts, nodes: list[Node]) -> Node:
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
        self.statements.append(Said(position, key))
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


def read_assertion(part: Said, subject: Finding | Exposure | None, case: Case) -> Assertion:
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
