"""What the case shows that the ontology links to a cause: mechanisms, observations, technique faults.

They are no hypotheses and move no number; they are listed beneath the cause that they contribute to.
"""

from __future__ import annotations

from functools import lru_cache

from lumbarkg import vocabulary as v
from lumbarkg.guidance import Contributor
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
# The links, what says most first; a mechanism is named by the condition that has it.
_LINKS = ((v.CAN_CAUSE, False), (v.HAS_MECHANISM, True), (v.AGGRAVATES, False), (v.MAY_CONTRIBUTE_TO, False))
_CONTESTED = frozenset({v.MAY_CONTRIBUTE_TO})
_REMEMBERED = 20_000


class Contributors:
    """The links of one ontology from what a case can show to its conditions."""

    def __init__(self, knowledge: Knowledge, relations: Relations) -> None:
        self._knowledge, self._relations = knowledge, relations
        self._links_of = lru_cache(maxsize=_REMEMBERED)(self._read_links)

    def find(
        self, case: Case, entailments: Entailments, conditions: tuple[Iri, ...]
    ) -> dict[Iri, tuple[Contributor, ...]]:
        """Condition → its contributors in this case; conditions without any are left out."""
        found: dict[Iri, list[Contributor]] = {}
        for term in self._shown(case, entailments):
            for condition, link in self._links_of(term).items():
                found.setdefault(condition, []).append(link)
        return {
            condition: tuple(sorted(found[condition], key=lambda c: (c.contested, c.term)))
            for condition in conditions
            if condition in found
        }

    def _shown(self, case: Case, entailments: Entailments) -> tuple[Iri, ...]:
        """Faults and exercises that were reported, findings that are present, conditions that a pattern suggests."""
        done = (t for e in case.exposures for p, t in e.qualifiers if p in (v.WITH_FAULT, v.OF_EXERCISE))
        suggested = (m.condition for m in entailments.patterns if m.supports)
        return tuple(dict.fromkeys((*done, *suggested, *(f.term for f in case.present))))

    def _read_links(self, term: Iri) -> dict[Iri, Contributor]:
        """Condition → the link from the term that says most: cause, mechanism, what makes worse, what is contested."""
        relations, knowledge = self._relations, self._knowledge
        kind = next((name for root, name in _KINDS if knowledge.is_subclass(term, root)), "")
        found: dict[Iri, Contributor] = {}
        for prop, is_inverse in _LINKS:
            if prop == v.AGGRAVATES and kind != "techniqueFault":
                continue
            conditions = relations.sources(prop, term) if is_inverse else relations.targets(prop, term)
            for condition in conditions:
                if condition not in found and not knowledge.is_subclass(term, condition):
                    ends = (condition, term) if is_inverse else (term, condition)
                    steps = relations.explain(ends[0], prop, ends[1])
                    found[condition] = Contributor(term, kind, prop, steps, contested=prop in _CONTESTED)
        return found
