"""Which defined classes of cases a case is known not to fall under, by what was denied and by its age.

A score whose items were asked is computed both ways: where so many were denied that it cannot be positive, it is
negative. As in the gate of triage, an alternative of a definition is excluded by one conjunct that is denied or out
of range, a class when all its alternatives are. What is unknown excludes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.owl import And, EquivalentClasses, Expression, Facet, Interval, Named, Some, conjuncts, disjuncts
from lumbarkg.reasoning.knowledge import Knowledge


@dataclass(frozen=True)
class _Alternative:
    """What would exclude one alternative: the denial of one of the findings, or an age outside the interval."""

    findings: frozenset[Iri]
    ages: tuple[Interval, ...]

    def is_excluded(self, denied: frozenset[Iri], age: Decimal | None) -> bool:
        return not self.findings.isdisjoint(denied) or (age is not None and any(age not in i for i in self.ages))


class ExcludableClasses:
    """The definitions of those classes of cases that rows of evidence speak of."""

    def __init__(self, classes: Iterable[Iri], knowledge: Knowledge) -> None:
        definitions = {
            a.named.iri: a.definition
            for a in knowledge.ontology.axioms
            if isinstance(a, EquivalentClasses) and knowledge.is_subclass(a.named.iri, v.PATIENT_CASE)
        }
        self._alternatives = {
            cls: tuple(_alternative(d) for d in disjuncts(Named(cls), definitions))
            for cls in sorted(set(classes) & definitions.keys())
        }

    def excluded(self, denied: frozenset[Iri], age: Decimal | None) -> tuple[Iri, ...]:
        """The classes that the case is known not to fall under."""
        if not denied and age is None:
            return ()
        return tuple(
            cls
            for cls, alternatives in self._alternatives.items()
            if all(a.is_excluded(denied, age) for a in alternatives)
        )


def _alternative(definition: Expression) -> _Alternative:
    findings: set[Iri] = set()
    ages: list[Interval] = []
    for part in conjuncts(definition):
        if isinstance(part, Some) and part.property == v.HAS_FINDING:
            findings.update(p.iri for p in _named(part.filler))
        elif isinstance(part, Facet) and part.property == v.AGE_YEARS:
            ages.append(part.interval)
    return _Alternative(frozenset(findings), tuple(ages))


def _named(filler: Expression) -> tuple[Named, ...]:
    parts = conjuncts(filler) if isinstance(filler, And) else (filler,)
    return tuple(p for p in parts if isinstance(p, Named))
