"""What a case shows of the classes that rows of evidence speak of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Entailments
from lumbarkg.ranking.excluded import ExcludableClasses
from lumbarkg.reasoning.knowledge import Knowledge

_REMEMBERED = 20_000


@dataclass(frozen=True)
class Observations:
    """Classes present and denied, and those of the present ones that count in full.

    In full count the class that was stated, the most specific classes that a finding falls under, and every defined
    class of cases or exposures that was recognised. The other present classes are ancestors: they are damped.
    """

    present: frozenset[Iri]
    direct: frozenset[Iri]
    denied: frozenset[Iri]


class Observer:
    """Reads off the entailments of a case what the rows of evidence speak of.

    ``classes`` are those with a row, ``negative`` those with a ratio for the case that they do not hold.
    """

    def __init__(self, classes: frozenset[Iri], negative: frozenset[Iri], knowledge: Knowledge) -> None:
        self._classes = classes
        self._knowledge = knowledge
        self._excludable = ExcludableClasses(negative, knowledge)
        # Cases share findings, and equal findings share their set of classes.
        self._of_finding = lru_cache(maxsize=_REMEMBERED)(self._observe_types)

    def observe(self, case: Case, entailments: Entailments, denied: frozenset[Iri]) -> Observations:
        """What the case shows; ``denied`` are the finding classes that its absent findings deny."""
        direct = set(self._classes & entailments.types)
        direct |= self._classes & entailments.exposure_types
        present = set(direct)
        for finding, types in entailments.finding_types:
            shown, specific = self._of_finding(types)
            present |= shown
            direct |= specific
            if finding.term in shown:
                direct.add(finding.term)
        absent = (self._classes & denied).union(self._excludable.excluded(denied, case.age))
        return Observations(frozenset(present), frozenset(direct), absent - present)

    def _observe_types(self, types: frozenset[Iri]) -> tuple[frozenset[Iri], frozenset[Iri]]:
        return self._classes & types, self._classes & self._knowledge.most_specific(types)
