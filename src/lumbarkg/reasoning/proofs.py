"""Justifications: read back from derivations, then cut down until no part is superfluous."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.model import Assertion, Case, Justification
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.normalise import Concept
from lumbarkg.reasoning.realise import RealisedCase, denied_types
from lumbarkg.reasoning.saturate import AssertionKey, Context, Fact, Saturation, asserted, no_context

_REMEMBERED_JUSTIFICATIONS = 20_000


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


class Explainer:
    """Minimal justifications over one ontology, remembered by what they rest on."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._minimise = lru_cache(maxsize=_REMEMBERED_JUSTIFICATIONS)(self.minimise)

    def justify_type(self, realised: RealisedCase, cls: Iri) -> Justification:
        """Why the case falls under a named class."""
        axioms, statements = self._collect(realised, cls)
        return self._justify(axioms, statements, Goal(cls))

    def justify_pattern(
        self, realised: RealisedCase, pattern: Iri, prop: Iri, condition: Iri, axiom: int
    ) -> Justification:
        """Why the case is entailed to fall under ∃prop.condition, by way of one pattern and the axiom that says so."""
        axioms, statements = self._collect(realised, pattern)
        return self._justify(axioms | {axiom}, statements, Goal(condition, prop))

    def _justify(self, axioms: frozenset[int], statements: tuple[Statement, ...], goal: Goal) -> Justification:
        kept_axioms, kept = self._minimise(axioms, statements, goal)
        assertions = (statements[i].assertion for i in kept)
        return Justification(kept_axioms, tuple(a for a in assertions if a is not None))

    def _collect(self, realised: RealisedCase, cls: Iri) -> tuple[frozenset[int], tuple[Statement, ...]]:
        """The axioms and statements of the recorded derivation of one type of the root."""
        branches: dict[Context, tuple[Iri, int]] = {}
        for prop, contexts in ((v.HAS_EXPOSURE, realised.exposures), (v.HAS_FINDING, realised.findings)):
            for index, (_, context) in enumerate(contexts):
                branches.setdefault(context, (prop, index))
        axioms: set[int] = set()
        statements: dict[Statement, None] = {}
        seen: set[Fact] = set()
        stack: list[Fact] = [(realised.root, self._knowledge.known(cls))]
        while stack:
            fact = stack.pop()
            if fact in seen:
                continue
            seen.add(fact)
            context = fact[0]
            used, premises, key = context.subsumers[fact[1]] if len(fact) == 2 else context.links[fact[1]][fact[2]]
            axioms.update(used)
            stack.extend(premises)
            if key is not None and key[0] not in ("finding", "exposure"):
                statements[self._statement(realised.case, branches.get(context), key)] = None
        return frozenset(axioms), tuple(statements)

    def _statement(self, case: Case, branch: tuple[Iri, int] | None, key: AssertionKey) -> Statement:
        knowledge = self._knowledge
        subject = None
        if branch is not None:
            subject = (case.present if branch[0] == v.HAS_FINDING else case.exposures)[branch[1]]
        kind, *rest = key
        if kind == "type":
            cls = Iri(str(rest[0]))
            return Statement(branch, (knowledge.known(cls),), assertion=Assertion(subject, None, cls))
        if kind == "qualifier":
            prop, term = Iri(str(rest[0])), Iri(str(rest[1]))
            return Statement(branch, link=(prop, term), assertion=Assertion(subject, prop, term))
        if kind == "quantity":
            prop = Iri(str(rest[0]))
            number = dict(subject.quantities)[prop] if subject is not None else case.age
            if number is None:
                raise OntologyError(f"The case states no {prop}.")
            atoms = tuple(a for _, group in knowledge.atoms(((prop, number),)) for a in group)
            return Statement(branch, atoms, assertion=Assertion(subject, prop, number))
        if kind == "sex" and case.sex is not None:
            return Statement(None, link=(v.HAS_SEX, case.sex), assertion=Assertion(None, v.HAS_SEX, case.sex))
        absent = case.absent[int(str(rest[0]))]
        concepts = tuple(knowledge.known(c) for c in denied_types(absent, knowledge))
        return Statement(None, concepts, assertion=Assertion(absent, None, absent.term, denied=True))

    def minimise(
        self, axioms: frozenset[int], statements: tuple[Statement, ...], goal: Goal
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The axioms, and indices of the statements, that are left when every superfluous one is taken out in turn.

        Raises OntologyError where the parts given do not entail the goal.
        """
        if not self.entails(axioms, statements, goal):
            raise OntologyError(f"The recorded derivation of {goal} does not entail it.")
        kept = list(range(len(statements)))
        for index in range(len(statements)):
            fewer = [i for i in kept if i != index]
            if self.entails(axioms, tuple(statements[i] for i in fewer), goal):
                kept = fewer
        remaining = tuple(statements[i] for i in kept)
        for axiom in sorted(axioms):
            if self.entails(axioms - {axiom}, remaining, goal):
                axioms = axioms - {axiom}
        return tuple(sorted(axioms)), tuple(kept)

    def entails(self, axioms: frozenset[int], statements: tuple[Statement, ...], goal: Goal) -> bool:
        """Whether these axioms and statements, and nothing else, entail the goal."""
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
