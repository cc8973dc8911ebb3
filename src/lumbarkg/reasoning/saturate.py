"""The saturation: contexts, links and one derivation a fact.

A context stands for all individuals of one expression. It holds the concepts it falls under and its links
(role → contexts); the rules of ``Rules`` are applied until nothing new follows. Termination: concepts, roles and
contexts are finite and facts are only added.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from lumbarkg.reasoning.normalise import BOTTOM, STRUCTURAL, TOP, Concept, ContextKey, Role, Rules


class Context:
    """One expression's consequences. Read-only once its saturation has ended."""

    __slots__ = ("links", "predecessors", "subsumers")

    def __init__(self) -> None:
        self.subsumers: dict[Concept, Derivation] = {}
        self.links: dict[Role, dict[Context, Derivation]] = {}
        self.predecessors: list[tuple[Role, Context]] = []

    def clear(self) -> None:
        """Forget everything: contexts refer to each other in circles, and stay in memory until these are found."""
        self.subsumers.clear()
        self.links.clear()


SubsumerFact = tuple[Context, Concept]
LinkFact = tuple[Context, Role, Context]
Fact = SubsumerFact | LinkFact
AssertionKey = tuple[object, ...]
# axioms used in the step, premises, and the assertion that the fact is, if it is one
Derivation = tuple[tuple[int, ...], tuple[Fact, ...], AssertionKey | None]

_GIVEN: Derivation = ((), (), None)


def no_context(_: ContextKey) -> None:
    """No finished context: a run that derives everything anew."""


def asserted(key: AssertionKey) -> Derivation:
    """The derivation of a fact that the case states."""
    return ((), (), key)


class Saturation:
    """One run over a set of open contexts.

    ``contexts`` gives finished contexts by key; keys it does not know are opened in this run. With ``allowed``,
    only rules of these axioms (and structural ones) are applied: that is how a justification is tested.
    """

    def __init__(
        self,
        rules: Rules,
        contexts: Callable[[ContextKey], Context | None],
        allowed: frozenset[int] | None = None,
    ) -> None:
        self._rules = rules
        self._finished = contexts
        self._allowed = allowed
        self.opened: dict[ContextKey, Context] = {}
        self._open: set[Context] = set()
        self._queue: deque[Fact] = deque()

    def open(self, context: Context) -> Context:
        """Take part in this run with a context that is not the ontology's own."""
        self._open.add(context)
        if self._rules.uses_top:
            self.add(context, TOP, _GIVEN)
        return context

    def context(self, key: ContextKey) -> Context:
        """The context of a concept, with the ranges of the role that leads to it."""
        found = self._finished(key) or self.opened.get(key)
        if found is None:
            found = self.opened[key] = Context()
            self.open(found)
            concept, role = key
            self.add(found, concept, _GIVEN)
            if role is not None:
                self.add_ranges(found, role)
        return found

    def add_ranges(self, context: Context, role: Role) -> None:
        """Let the context fall under the ranges of a role that leads to it."""
        for concept, axioms in self._rules.ranges.get(role, ()):
            if self._allowed is None or self._allowed.issuperset(axioms):
                self.add(context, concept, (axioms, (), None))

    def add(self, context: Context, concept: Concept, derivation: Derivation) -> None:
        """context ⊑ concept."""
        if concept not in context.subsumers:
            context.subsumers[concept] = derivation
            self._queue.append((context, concept))

    def link(self, context: Context, role: Role, target: Context, derivation: Derivation) -> None:
        """context ⊑ ∃role.target."""
        targets = context.links.setdefault(role, {})
        if target not in targets:
            targets[target] = derivation
            self._queue.append((context, role, target))

    def run(self) -> None:
        """Apply the rules until nothing new follows."""
        queue = self._queue
        while queue:
            fact = queue.popleft()
            if len(fact) == 2:
                self._concept(*fact)
            else:
                self._link(*fact)
        for context in self._open:
            context.predecessors = []

    def _allows(self, axiom: int) -> bool:
        return self._allowed is None or axiom == STRUCTURAL or axiom in self._allowed

    def _concept(self, context: Context, concept: Concept) -> None:
        rules, subsumers = self._rules, context.subsumers
        fact = (context, concept)
        for sup, axiom in rules.sub.get(concept, ()):
            if sup not in subsumers and self._allows(axiom):
                self.add(context, sup, (_used(axiom), (fact,), None))
        for operands, sup, axiom in rules.conjunction.get(concept, ()):
            if sup not in subsumers and all(o in subsumers for o in operands) and self._allows(axiom):
                self.add(context, sup, (_used(axiom), tuple((context, o) for o in operands), None))
        for role, key, axiom in rules.exists_right.get(concept, ()):
            if self._allows(axiom):
                self.link(context, role, self.context(key), (_used(axiom), (fact,), None))
        for role, predecessor in context.predecessors:
            if concept == BOTTOM:
                self.add(predecessor, BOTTOM, ((), ((predecessor, role, context), fact), None))
            for sup, axiom in rules.exists_left.get(role, {}).get(concept, ()):
                if self._allows(axiom):
                    self.add(predecessor, sup, (_used(axiom), ((predecessor, role, context), fact), None))

    def _link(self, context: Context, role: Role, target: Context) -> None:
        rules, fact = self._rules, (context, role, target)
        if target in self._open:
            target.predecessors.append((role, context))
        by_filler = rules.exists_left.get(role)
        if by_filler:
            for filler in by_filler.keys() & target.subsumers.keys():
                for sup, axiom in by_filler[filler]:
                    if sup not in context.subsumers and self._allows(axiom):
                        self.add(context, sup, (_used(axiom), (fact, (target, filler)), None))
        if BOTTOM in target.subsumers:
            self.add(context, BOTTOM, ((), (fact, (target, BOTTOM)), None))
        for sup, axiom in rules.super_role.get(role, ()):
            if self._allows(axiom):
                self.link(context, sup, target, (_used(axiom), (fact,), None))
        self._chains(context, role, target)

    def _chains(self, context: Context, role: Role, target: Context) -> None:
        rules, fact = self._rules, (context, role, target)
        for second, sup, axiom in rules.chain_first.get(role, ()):
            if self._allows(axiom):
                for end in list(target.links.get(second, ())):
                    self.link(context, sup, end, (_used(axiom), (fact, (target, second, end)), None))
        for first, sup, axiom in rules.chain_second.get(role, ()):
            if self._allows(axiom):
                for via, start in context.predecessors:
                    if via == first:
                        self.link(start, sup, target, (_used(axiom), ((start, first, context), fact), None))


def _used(axiom: int) -> tuple[int, ...]:
    return () if axiom == STRUCTURAL else (axiom,)
