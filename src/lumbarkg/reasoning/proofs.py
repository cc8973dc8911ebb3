"""Justifications of what a case falls under: minimal sets of axioms and asserted facts, one or all.

A justification rests on the parts of the case that bear on its goal. Cases share these parts, so the minimal sets are
remembered by goal and parts, and put in the words of the case at hand when they are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Exposure, Finding, Justification
from lumbarkg.reasoning.inferences import Fact, InverseRules, Labels, find_inferences
from lumbarkg.reasoning.knowledge import Branch, Denial, Knowledge
from lumbarkg.reasoning.normalise import Concept
from lumbarkg.reasoning.realise import RealisedCase, own_bits
from lumbarkg.reasoning.stated import Parts, Position, Said, StatedCase, read_assertion
from lumbarkg.reasoning.supports import InferenceProgram

_REMEMBERED_JUSTIFICATIONS = 2_000
_MANY_BRANCHES = 40
"""With more findings and exposures, those that one justification needs are picked out first."""


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
        if len(realised.findings) + len(realised.exposures) > _MANY_BRANCHES:
            realised = self._fewer_branches(realised, goal)
        parts, subjects = self._parts(realised, goal)
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

    def _fewer_branches(self, realised: RealisedCase, goal: Goal) -> RealisedCase:
        """The case with so few findings and exposures that the goal fails without any one of them.

        Trying needs bit sets alone; to read the inferences of hundreds takes a third of a second for each goal.
        """
        knowledge = self._knowledge
        own, bearing = own_bits(realised.case, knowledge), self._bearing(goal)
        for _, denial in realised.denials:
            own |= denial.bits
        parts: tuple[tuple[Finding | Exposure, Branch], ...] = (*realised.findings, *realised.exposures)
        hanging = [(part, branch) for part, branch in parts if branch.contribution & bearing]

        def suffices(kept: list[tuple[Finding | Exposure, Branch]]) -> bool:
            bits = own
            for _, branch in kept:
                bits |= branch.contribution
            return self._holds(replace(realised, bits=knowledge.program.close(bits)), goal)

        size = len(hanging)
        while size:
            size = min(size, len(hanging))
            for start in range(0, len(hanging), size):
                rest = hanging[:start] + hanging[start + size :]
                if suffices(rest):
                    hanging = rest
                    break
            else:
                size = 0 if size == 1 else (size + 1) // 2
        return replace(
            realised,
            findings=tuple((p, b) for p, b in hanging if isinstance(p, Finding)),
            exposures=tuple((p, b) for p, b in hanging if isinstance(p, Exposure)),
        )

    def _holds(self, realised: RealisedCase, goal: Goal) -> bool:
        if goal.property is not None:
            return goal.cls in realised.spoken(goal.property)
        return goal.cls in realised.types

    def _parts(self, realised: RealisedCase, goal: Goal) -> tuple[Parts, dict[Position, Finding | Exposure]]:
        knowledge, case, bearing = self._knowledge, realised.case, self._bearing(goal)
        branches: list[Branch] = []
        denials: list[Denial] = []
        subjects: dict[Position, Finding | Exposure] = {}
        hanging: tuple[tuple[Finding | Exposure, Branch], ...] = (*realised.findings, *realised.exposures)
        for subject, branch in hanging:
            if branch.contribution & bearing:
                subjects["branch", len(branches)] = subject
                branches.append(branch)
        for finding, denial in realised.denials:
            if denial.bits & bearing:
                subjects["denial", len(denials)] = finding
                denials.append(denial)
        age_atoms = tuple(a for a in realised.age_atoms if knowledge.program.closed[a] & bearing)
        is_sexed = case.sex is not None and knowledge.qualifier(v.HAS_SEX, case.sex).bits & bearing
        return Parts(tuple(branches), tuple(denials), age_atoms, case.sex if is_sexed else None), subjects

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
