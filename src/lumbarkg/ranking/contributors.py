"""What the case shows that the ontology links to a cause: mechanisms, observations, technique faults.

They are no hypotheses and move no number; they are listed beneath the cause that they contribute to.
"""

from __future__ import annotations

from functools import lru_cache

from lumbarkg import vocabulary as v
from lumbarkg.guidance import Contributor, StatedLink
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Entailments
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.relations import Relations

_KINDS = (
    (v.TECHNIQUE_FAULT, "techniqueFault"),
    (v.EXERCISE, "exercise"),
    (v.MECHANISM, "mechanism"),
    (v.IMAGING_OBSERVATION, "imagingObservation"),
    (v.CONDITION, "condition"),
    (v.FINDING, "finding"),
)
_CONTESTED = frozenset({v.MAY_CONTRIBUTE_TO})
_REMEMBERED = 20_000


class Contributors:
    """The links of one ontology from what a case can show to its conditions."""

    def __init__(self, knowledge: Knowledge, relations: Relations) -> None:
        self._knowledge, self._relations = knowledge, relations
        self._between = lru_cache(maxsize=_REMEMBERED)(self._link)

    def find(
        self, case: Case, entailments: Entailments, conditions: tuple[Iri, ...]
    ) -> dict[Iri, tuple[Contributor, ...]]:
        """Condition → its contributors in this case; conditions without any are left out."""
        shown = self._shown(case, entailments)
        found: dict[Iri, tuple[Contributor, ...]] = {}
        for condition in conditions:
            links = tuple(link for term in shown if (link := self._between(term, condition)) is not None)
            if links:
                found[condition] = tuple(sorted(links, key=lambda c: (c.contested, c.term)))
        return found

    def _shown(self, case: Case, entailments: Entailments) -> tuple[Iri, ...]:
        """Faults and exercises that were reported, findings that are present, conditions that a pattern suggests."""
        done = (t for e in case.exposures for p, t in e.qualifiers if p in (v.WITH_FAULT, v.OF_EXERCISE))
        suggested = (m.condition for m in entailments.patterns if m.supports)
        return tuple(dict.fromkeys((*done, *suggested, *(f.term for f in case.present))))

    def _link(self, term: Iri, condition: Iri) -> Contributor | None:
        """The first of the links that says most: a cause, a mechanism, what makes worse, then what is contested."""
        relations = self._relations
        if self._knowledge.is_subclass(term, condition):
            return None
        kind = next((name for root, name in _KINDS if self._knowledge.is_subclass(term, root)), "")
        steps: tuple[StatedLink, ...]
        for prop, subject, target in (
            (v.CAN_CAUSE, term, condition),
            (v.HAS_MECHANISM, condition, term),
            (v.AGGRAVATES, term, condition),
            (v.MAY_CONTRIBUTE_TO, term, condition),
        ):
            if prop == v.AGGRAVATES and kind != "techniqueFault":
                continue
            if relations.holds(subject, prop, target):
                steps = relations.explain(subject, prop, target)
                return Contributor(term, kind, prop, steps, contested=prop in _CONTESTED)
        return None
