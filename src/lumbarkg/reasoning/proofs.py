"""Justifications of what a case falls under: minimal sets of axioms and asserted facts, one or all.

A justification rests on the parts of the case that bear on its goal; a single one, on the few parts that suffice. Cases
share these, so the minimal sets are remembered by goal and parts, and put in the words of the case at hand when read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Exposure, Finding, Justification
from lumbarkg.reasoning.inferences import Fact, InverseRules, Labels, find_inferences
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.normalise import Concept
from lumbarkg.reasoning.parts import FewestParts, Part, Parts, Position, gather_parts
from lumbarkg.reasoning.realise import RealisedCase
from lumbarkg.reasoning.stated import Said, StatedCase, read_assertion
from lumbarkg.reasoning.supports import InferenceProgram

_REMEMBERED_JUSTIFICATIONS = 2_000


@dataclass(frozen=True)
class Goal:
    """What is to be shown of the case: that it falls under ``cls``, or under ∃property.cls."""

    cls: Iri
    property: Iri | None = None


@dataclass(frozen=True)
class Justifications:
    """Minimal justifications of one entailment, the shortest first; ``complete`` says that there are no others."""

    found: tuple[Justification, ...]
    complete: bool


class Explainer:
    """Minimal justifications over one ontology, remembered by what they rest on."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._inverse = InverseRules(knowledge.rules)
        self._fewest = FewestParts(knowledge)
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
        parts, subjects = gather_parts(self._bearing_parts(realised, goal))
        program, statements = self._program(parts, goal)
        supports = program.all(limit, expired)
        found = (self._justification(s, statements, subjects, realised.case) for s in supports.sets)
        return Justifications(tuple(found), supports.complete)

    def _one(self, realised: RealisedCase, goal: Goal, axioms: tuple[int, ...]) -> Justification:
        """For a goal without a property."""
        knowledge = self._knowledge
        wanted = knowledge.program.bit(knowledge.known(goal.cls))
        parts, subjects = gather_parts(self._fewest.pick(self._bearing_parts(realised, goal), wanted))
        labels, statements = self._remembered(parts, goal)
        return self._justification(labels, statements, subjects, realised.case, axioms)

    def _justification(
        self,
        labels: Labels,
        statements: tuple[Said, ...],
        subjects: dict[Position, Finding | Exposure],
        case: Case,
        axioms: tuple[int, ...] = (),
    ) -> Justification:
        stated = [statements[~label] for label in sorted(labels, reverse=True) if label < 0]
        return Justification(
            tuple(sorted({*axioms, *(label for label in labels if label >= 0)})),
            tuple(read_assertion(one, subjects.get(one.position), case) for one in stated),
        )

    # ------------------------------------------------------------ the parts that bear on a goal

    def _bearing_parts(self, realised: RealisedCase, goal: Goal) -> list[Part]:
        bearing = self._bearing(goal)
        return [part for part in realised.parts if part.bits & bearing]

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

    def _justify_parts(self, parts: Parts, goal: Goal) -> tuple[Labels, tuple[Said, ...]]:
        program, statements = self._program(parts, goal)
        labels = program.one()
        assert labels is not None, f"{goal} does not follow from what bears on it"  # noqa: S101 - the reasoner's own law
        return labels, statements

    def _program(self, parts: Parts, goal: Goal) -> tuple[InferenceProgram, tuple[Said, ...]]:
        stated = StatedCase(parts, self._knowledge)
        asked: Fact = (stated.root, self._knowledge.known(goal.cls))
        if goal.property is not None:
            asked = stated.ask(self._knowledge.role(goal.property), self._knowledge.known(goal.cls))
        inferences = find_inferences(asked, stated.given, self._knowledge.program, self._inverse)
        return InferenceProgram(asked, inferences), tuple(stated.statements)
