"""Every way in which the facts behind a goal are derived, read back from the saturated sets.

The saturation keeps what follows, not how. Since all that follows is known, how it follows can be found backwards: for
a fact, each rule with that head whose premises hold is an inference. Starting from the goal this reaches only the facts
that bear on it, and all inferences between them, so that every justification can be read off (``supports``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lumbarkg.reasoning.horn import HornProgram, Node
from lumbarkg.reasoning.normalise import BOTTOM, STRUCTURAL, TOP, Concept, ContextKey, Role, Rules

ConceptFact = tuple[Node, Concept]
LinkFact = tuple[Node, Role, Node]
Fact = ConceptFact | LinkFact
Labels = frozenset[int]
"""What a step rests on beside its premises: axioms by index ≥ 0, statements of the case as ~number."""


@dataclass(frozen=True, slots=True)
class Inference:
    """One step: the labels and premises from which its head follows."""

    labels: Labels
    premises: tuple[Fact, ...]


Given = Mapping[Fact, Sequence[Inference]]
"""Inferences beyond the ontology's rules: what a case states, and what a question asks for."""


class InverseRules:
    """The rules of an ontology by what they conclude."""

    def __init__(self, rules: Rules) -> None:
        self.sub: dict[Concept, list[tuple[Concept, int]]] = defaultdict(list)
        self.conjunction: dict[Concept, dict[tuple[tuple[Concept, ...], int], None]] = defaultdict(dict)
        self.exists_left: dict[Concept, list[tuple[Role, Concept, int]]] = defaultdict(list)
        self.exists_right: dict[tuple[Role, ContextKey], list[tuple[Concept, int]]] = defaultdict(list)
        self.sub_role: dict[Role, list[tuple[Role, int]]] = defaultdict(list)
        self.chain: dict[Role, list[tuple[Role, Role, int]]] = defaultdict(list)
        self.ranges = rules.ranges
        for concept, sups in rules.sub.items():
            for sup, axiom in sups:
                self.sub[sup].append((concept, axiom))
        for by_operand in rules.conjunction.values():
            for operands, head, axiom in by_operand:
                self.conjunction[head][operands, axiom] = None
        for role, by_filler in rules.exists_left.items():
            for filler, heads in by_filler.items():
                for head, axiom in heads:
                    self.exists_left[head].append((role, filler, axiom))
        for concept, links in rules.exists_right.items():
            for role, key, axiom in links:
                self.exists_right[role, key].append((concept, axiom))
        for role, supers in rules.super_role.items():
            for sup_role, axiom in supers:
                self.sub_role[sup_role].append((role, axiom))
        for first, chains in rules.chain_first.items():
            for second, whole, axiom in chains:
                self.chain[whole].append((first, second, axiom))


def find_inferences(
    goal: Fact, given: Given, program: HornProgram, inverse: InverseRules
) -> dict[Fact, list[Inference]]:
    """Each fact that bears on the goal with every inference of it.

    Premises stand before conclusions, but for circles; a fact that holds has an inference.
    """
    reader = _Reader(given, program, inverse)
    found: dict[Fact, list[Inference]] = {}
    ordered: dict[Fact, list[Inference]] = {}
    stack: list[tuple[Fact, bool]] = [(goal, False)]
    while stack:
        fact, is_done = stack.pop()
        if is_done:
            ordered[fact] = found[fact]
        elif fact not in found:
            found[fact] = list(dict.fromkeys(reader.inferences_of(fact)))
            stack.append((fact, True))
            stack.extend((p, False) for inference in found[fact] for p in inference.premises if p not in found)
    return ordered


class _Reader:
    def __init__(self, given: Given, program: HornProgram, inverse: InverseRules) -> None:
        self._given, self._program, self._rules = given, program, inverse

    def inferences_of(self, fact: Fact) -> Iterator[Inference]:
        yield from self._given.get(fact, ())
        if len(fact) == 2:
            yield from self._of_concept(*fact)
        else:
            yield from self._of_link(*fact)

    def _holds(self, node: Node, concept: Concept) -> bool:
        return bool(node.bits & self._program.bit(concept))

    def _of_concept(self, node: Node, concept: Concept) -> Iterator[Inference]:
        rules = self._rules
        if concept == TOP:
            yield Inference(frozenset(), ())
        if node.key is not None:
            yield from self._of_filler(node.key, concept)
        for lower, axiom in rules.sub.get(concept, ()):
            if self._holds(node, lower):
                yield Inference(_used(axiom), ((node, lower),))
        for operands, axiom in rules.conjunction.get(concept, ()):
            if all(self._holds(node, operand) for operand in operands):
                yield Inference(_used(axiom), tuple((node, operand) for operand in operands))
        for role, filler, axiom in rules.exists_left.get(concept, ()):
            for target in node.links.get(role, ()):
                if self._holds(target, filler):
                    yield Inference(_used(axiom), ((node, role, target), (target, filler)))
        if concept == BOTTOM:
            for role, targets in node.links.items():
                for target in targets:
                    if self._holds(target, BOTTOM):
                        yield Inference(frozenset(), ((node, role, target), (target, BOTTOM)))

    def _of_filler(self, key: ContextKey, concept: Concept) -> Iterator[Inference]:
        """What an instance of a class is by itself, and by the ranges of the role that leads to it."""
        if key[0] == concept:
            yield Inference(frozenset(), ())
        for of_range, axioms in () if key[1] is None else self._rules.ranges.get(key[1], ()):
            if of_range == concept:
                yield Inference(frozenset(axioms), ())

    def _of_link(self, node: Node, role: Role, target: Node) -> Iterator[Inference]:
        rules = self._rules
        if target.key is not None:
            for concept, axiom in rules.exists_right.get((role, target.key), ()):
                if self._holds(node, concept):
                    yield Inference(_used(axiom), ((node, concept),))
        for lower, axiom in rules.sub_role.get(role, ()):
            if target in node.links.get(lower, ()):
                yield Inference(_used(axiom), ((node, lower, target),))
        for first, second, axiom in rules.chain.get(role, ()):
            for via in node.links.get(first, ()):
                if target in via.links.get(second, ()):
                    yield Inference(_used(axiom), ((node, first, via), (via, second, target)))


def _used(axiom: int) -> Labels:
    return frozenset() if axiom == STRUCTURAL else frozenset((axiom,))
