"""Conditions that a pattern suggests and that explain findings which the leading hypothesis does not.

Hypotheses are exclusive by definition, causes are not: one that would explain another part of the complaint is
named beside the differential.
"""

from __future__ import annotations

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import AlsoConsidered, Entailments, Finding, Hypothesis, PatternMatch
from lumbarkg.ontology.owl import EquivalentClasses, Expression, Named, Some, subexpressions
from lumbarkg.reasoning.knowledge import Knowledge


class AlsoConsider:
    """The findings that each pattern of an ontology rests on, read from its definition once."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._definitions = {
            a.named.iri: a.definition for a in knowledge.ontology.axioms if isinstance(a, EquivalentClasses)
        }
        self._rests_on = {
            cls: self._findings_of(definition, frozenset({cls}))
            for cls, definition in self._definitions.items()
            if knowledge.is_subclass(cls, v.PATIENT_CASE)
        }

    def _findings_of(self, definition: Expression, above: frozenset[Iri]) -> frozenset[Iri]:
        found: set[Iri] = set()
        for part in subexpressions(definition):
            if isinstance(part, Some) and part.property == v.HAS_FINDING:
                found.update(
                    p.iri
                    for p in subexpressions(part.filler)
                    if isinstance(p, Named) and self._knowledge.is_subclass(p.iri, v.FINDING)
                )
            elif isinstance(part, Named) and self._is_defined_case(part.iri) and part.iri not in above:
                found |= self._findings_of(self._definitions[part.iri], above | {part.iri})
        return frozenset(found)

    def _is_defined_case(self, cls: Iri) -> bool:
        return cls in self._definitions and self._knowledge.is_subclass(cls, v.PATIENT_CASE)

    def rests_on(self, match: PatternMatch, entailments: Entailments) -> frozenset[Finding]:
        """The present findings of a case that a pattern's definition names."""
        named = self._rests_on.get(match.pattern, frozenset())
        return frozenset(f for f, types in entailments.finding_types if not named.isdisjoint(types))

    def consider(
        self, leading: Hypothesis, entailments: Entailments, hypotheses: tuple[Iri, ...]
    ) -> tuple[AlsoConsidered, ...]:
        """What else would explain the case, by name; the first hypothesis and its kinds aside.

        A condition outside the table of priors is named whatever it explains: no number speaks for it.
        """
        knowledge = self._knowledge
        supporting = [m for m in entailments.patterns if m.supports]
        if not supporting:
            return ()
        explained = self._explained(leading, supporting, entailments)
        found: dict[Iri, list[PatternMatch]] = {}
        for match in supporting:
            if leading.condition not in knowledge.superclasses(match.condition):
                found.setdefault(match.condition, []).append(match)
        considered = []
        for condition, matches in sorted(found.items()):
            rests = {f for m in matches for f in self.rests_on(m, entailments)}
            others = tuple(f for f, _ in entailments.finding_types if f in rests and f not in explained)
            if others or not knowledge.superclasses(condition) & set(hypotheses):
                considered.append(AlsoConsidered(condition, tuple(matches), others))
        return tuple(considered)

    def _explained(
        self, leading: Hypothesis, supporting: list[PatternMatch], entailments: Entailments
    ) -> frozenset[Finding]:
        """The findings that the leading hypothesis accounts for: by its patterns, or by a row that raised it."""
        knowledge = self._knowledge
        raising = frozenset(i.finding for i in leading.evidence if i.counted and i.ratio > 1)
        by_pattern = (
            f
            for m in supporting
            if leading.condition in knowledge.superclasses(m.condition)
            for f in self.rests_on(m, entailments)
        )
        by_row = (f for f, types in entailments.finding_types if not raising.isdisjoint(types))
        return frozenset((*by_pattern, *by_row))
